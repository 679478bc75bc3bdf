# SPDX-License-Identifier: Apache-2.0
"""From failure to problem document."""

import json

import httpx
import pytest
from fastapi import FastAPI

from api.body import WrongMediaType
from api.errors import install_error_handlers, problem_of, status_of
from geo.errors import (
    BadBody,
    BadParameter,
    Conflict,
    MapError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    Unavailable,
)


@pytest.mark.parametrize(("kind", "status"), [
    (BadParameter, 400), (BadBody, 400), (NotSignedIn, 401), (NotAllowed, 403), (NotFound, 404), (Conflict, 409),
    (TooLarge, 413), (WrongMediaType, 415), (Unavailable, 503),
])  # fmt: skip
def test_a_failures_class_decides_the_status(kind: type[MapError], status: int) -> None:
    class Nearer(kind):  # type: ignore[misc, valid-type]
        pass

    assert status_of(kind("why")) == status == status_of(Nearer("why"))


def test_a_problem_carries_its_code_its_facts_and_its_path() -> None:
    answer = problem_of(TooLarge("Too many.", max_batch=5), "/ingest/a")
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank", "title": "Too large", "status": 413, "code": "too_large", "detail": "Too many.",
        "max_batch": 5, "instance": "/ingest/a",
    }  # fmt: skip


def test_who_should_come_again_is_told_when() -> None:
    assert problem_of(Unavailable("Away."), "/").headers["Retry-After"] == "2"


async def test_what_nobody_foresaw_says_nothing_of_the_inside() -> None:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/")
    async def fall() -> None:
        raise ZeroDivisionError("select secret from postgresql://user:pass@/x")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get("/")
        unknown = await client.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text and "Zero" not in answer.text
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["instance"]) == (404, "not_found", "/nowhere")
