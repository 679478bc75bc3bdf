# SPDX-License-Identifier: Apache-2.0
"""Legal documents and their PDFs."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import new_key_of
from tests.support.drafts import Desk

pytestmark = pytest.mark.postgis
PDF = {"Content-Type": "application/pdf"}
LAW = {
    "number": "1683/NQ-UBTVQH15", "issuer": "Ủy ban Thường vụ Quốc hội", "title": "Về sắp xếp đơn vị hành chính",
    "signed_on": "2025-06-16", "effective_on": "2025-07-01",
}  # fmt: skip


@pytest.fixture(scope="session")
def office_key(database_url: str) -> str:
    return new_key_of(database_url, "office", "--role", "admin")


@pytest.fixture
async def office(client: httpx.AsyncClient, office_key: str) -> AsyncIterator[httpx.AsyncClient]:
    client.headers["Authorization"] = f"Bearer {office_key}"
    yield client


async def test_a_legal_document_comes_with_its_pdf_and_gives_it_back(office: httpx.AsyncClient) -> None:
    data = b"%PDF-1.7\n" + b"0" * 10_000
    sent = Desk.told(await office.post("/boundaries/documents?name=nghị quyết.pdf", content=data, headers=PDF), 201)
    noted = Desk.told(await office.post("/boundaries/legal", json={**LAW, "file": sent["id"]}), 201)
    assert noted["file"]["name"] == "nghị quyết.pdf" and {name: noted[name] for name in LAW} == LAW
    fetched = await office.get(f"/boundaries/documents/{sent['id']}")
    assert fetched.content == data and fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("data", [b"", b"%PD", b"PK\x03\x04 a zip", b"<html>%PDF-</html>"])
async def test_what_is_no_pdf_is_refused(office: httpx.AsyncClient, data: bytes) -> None:
    answer = await office.post("/boundaries/documents?name=a.pdf", content=data, headers=PDF)
    assert Desk.told(answer, 400)["code"] == "document_not_pdf"


async def test_a_pdf_that_comes_letter_by_letter_is_one(office: httpx.AsyncClient) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for letter in b"%PDF-1.4 xyz":
            yield bytes([letter])

    answer = await office.post("/boundaries/documents?name=a.pdf", content=slowly(), headers=PDF)
    assert Desk.told(answer, 201)["size_bytes"] == 12


async def test_other_media_types_and_people_are_refused(office: httpx.AsyncClient) -> None:
    answer = await office.post("/boundaries/documents?name=a.pdf", content=b"%PDF-", headers={"Content-Type": "a/b"})
    assert Desk.told(answer, 415)["code"] == "media_type_unsupported"
    del office.headers["Authorization"]
    assert (await office.post("/boundaries/documents?name=a.pdf", content=b"%PDF-", headers=PDF)).status_code == 401
    assert (await office.get("/boundaries/documents/1")).status_code == 401
    assert (await office.post("/boundaries/legal", json=LAW)).status_code == 401


@pytest.mark.parametrize(("members", "status", "code"), [
    ({"number": " "}, 400, "value_missing"),
    ({"issuer": None}, 400, "value_missing"),
    ({"signed_on": "16/06/2025"}, 400, "date_invalid"),
    ({"effective_on": None}, 400, "date_invalid"),
    ({"file": 999_999_999}, 404, "document_not_found"),
    ({"file": "x"}, 404, "document_not_found"),
    ({"colour": "red"}, 400, "member_unknown"),
])  # fmt: skip
async def test_a_legal_document_lacks_nothing(
    office: httpx.AsyncClient, members: dict[str, Any], status: int, code: str
) -> None:
    assert Desk.told(await office.post("/boundaries/legal", json={**LAW, **members}), status)["code"] == code
