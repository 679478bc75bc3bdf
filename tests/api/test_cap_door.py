# SPDX-License-Identifier: Apache-2.0
"""Our CAP index and messages over HTTP: what is listed, chains of revisions, 304; and the door for pushed ones."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from fastapi import FastAPI
from lxml import etree

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database
from layers.connectors.cap_words import CAP_NS
from tests.conftest import Seed
from tests.layers.connectors.cap_samples import Sample
from tests.support.cap_schema import cap_judge

pytestmark = pytest.mark.postgis
SOURCE = """id: {id}\nsystem: alerts\ntitle: {{vi: Tin, en: Alerts}}\nconnector: {connector}\n"""


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own: where there are units, places far from them are not believed."""
    return own_database_url


@pytest.fixture
def source() -> str:
    return f"cap-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def app(database_url: str, tmp_path: Path, source: str) -> FastAPI:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "cap.yaml").write_text(SOURCE.format(id=source, connector="cap"))
    (folder / "rss.yaml").write_text(SOURCE.format(id=f"{source}-rss", connector="rss"))
    files = tmp_path / "files"
    return create_app(Settings(database_url=database_url, demo=True, files=files, sources=folder,
                               cap_sender="ioc@thainguyen.gov.vn", public_url="https://ban-do.example"))  # fmt: skip


@pytest.fixture
async def door(client: httpx.AsyncClient, database: Database, source: str) -> AsyncIterator[httpx.AsyncClient]:
    client.headers["Authorization"] = f"Bearer {await key_of(database, source)}"
    yield client


async def key_of(database: Database, source: str) -> str:
    key = new_key()
    async with database.connection() as connection:
        row = (source, hash_of(key))
        await connection.execute("insert into api_key (source, key_hash, layers) values ($1, $2, '{*}')", *row)
    return key


def alert(name: str, **changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    record = {
        "id": name, "title": f"Ngập {name}", "kind": "flood", "severity": "severe", "status": "actual",
        "time": (now - timedelta(hours=1)).isoformat(), "end_time": (now + timedelta(hours=5)).isoformat(),
        "geometry": {"type": "Polygon", "coordinates": [[[105.8, 21.6], [105.9, 21.6], [105.9, 21.7], [105.8, 21.6]]]},
    }  # fmt: skip
    return record | changed


async def listed(client: httpx.AsyncClient, source: str, query: str = "") -> dict[str, Any]:
    """The entries of the index whose titles name this test's alerts."""
    answer = await client.get(f"/cap/alerts.atom{query}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo and feed.version == "atom10"
    return {entry.title: entry for entry in feed.entries if source in entry.title}


async def message(client: httpx.AsyncClient, entry: Any) -> Any:
    """The message of an entry, judged by the schema."""
    answer = await client.get(httpx.URL(entry.links[0].href).raw_path.decode())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml; charset=utf-8")
    cap_judge()(answer.content)
    return etree.fromstring(answer.content)


def text(root: Any, name: str) -> str | None:
    found: str | None = root.findtext(f"{{{CAP_NS}}}{name}")
    return found


async def test_the_index_lists_what_is_in_force_and_all_of_it_on_request(
    client: httpx.AsyncClient, seed: Seed, source: str
) -> None:
    over = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    records = [
        alert(f"{source}-a"), alert(f"{source}-over", end_time=over), alert(f"{source}-expired", status="expired"),
        alert(f"{source}-open", end_time=None), alert(f"{source}-never", status="cancelled"),
        alert(f"{source}-old", time="2026-01-01T00:00:00+07:00", end_time=None),
    ]  # fmt: skip
    await seed("alerts", records, source=source)
    assert set(await listed(client, source)) == {f"Ngập {source}-a", f"Ngập {source}-open"}
    every = await listed(client, source, "?all")
    assert set(every) == {f"Ngập {record['id']}" for record in records}
    for entry in every.values():
        assert text(await message(client, entry), "msgType") == "Alert"
    first = every[f"Ngập {source}-a"]
    assert first.where["type"] == "Polygon"
    assert set(first.where["coordinates"][0]) == {(105.8, 21.6), (105.9, 21.6), (105.9, 21.7)}
    assert first.links[0].href.startswith("https://ban-do.example/cap/alerts/")


async def test_each_revision_references_the_earlier_ones_until_it_is_cancelled(
    client: httpx.AsyncClient, seed: Seed, source: str
) -> None:
    name = f"{source}-chain"
    triples: list[str] = []
    for number, status in enumerate(("actual", "actual", "cancelled"), 1):
        await seed("alerts", [alert(name, status=status, description=f"Tin số {number}")], source=source)
        (entry,) = (await listed(client, source)).values()
        root = await message(client, entry)
        assert text(root, "msgType") == ("Alert", "Update", "Cancel")[number - 1]
        assert (text(root, "references") or "").split() == triples
        triples.append(f"{text(root, 'sender')},{text(root, 'identifier')},{text(root, 'sent')}")
    assert len(set(triples)) == 3 and all(triple.endswith("+07:00") for triple in triples)


async def test_what_is_withdrawn_while_in_force_is_called_off(
    client: httpx.AsyncClient, seed: Seed, source: str
) -> None:
    name = f"{source}-gone"
    await seed("alerts", [alert(name), alert(f"{name}-over", end_time=datetime.now(UTC).isoformat())], source=source)
    (entry,) = (await listed(client, source)).values()
    sent = text(await message(client, entry), "identifier")
    await seed("alerts", [{"id": name, "withdrawn": True}, {"id": f"{name}-over", "withdrawn": True}], source=source)
    (entry,) = (await listed(client, source)).values()
    assert entry.title == f"Đã huỷ: Ngập {name}"
    root = await message(client, entry)
    assert text(root, "msgType") == "Cancel" and f",{sent}," in (text(root, "references") or "")
    # It came back: it is in force again, and nobody is told otherwise.
    await seed("alerts", [alert(name)], source=source)
    assert set(await listed(client, source)) == {f"Ngập {name}"}


async def test_who_has_the_index_gets_304(client: httpx.AsyncClient, seed: Seed, source: str) -> None:
    await seed("alerts", [alert(f"{source}-tag")], source=source)
    (entry,) = (await listed(client, source)).values()
    for path in ("/cap/alerts.atom?bbox=105,21,107,23", httpx.URL(entry.links[0].href).raw_path.decode()):
        tag = (await client.get(path)).headers["etag"]
        assert (await client.get(path)).headers["etag"] == tag
        for known in (tag, f'"x", W/{tag}', "*"):
            answer = await client.get(path, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
        assert (await client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/cap/alerts/999999999.xml", 404, "feature_not_found"),
        ("/cap/alerts/x.xml", 404, "feature_not_found"),
        (f"/cap/alerts/{'9' * 30}.xml", 404, "feature_not_found"),
        ("/cap/alerts.atom?limit=0", 400, "limit_invalid"),
        ("/cap/alerts.atom?all=maybe", 400, "value_invalid"),
        ("/cap/alerts.atom?nonsense=1", 400, "parameter_unknown"),
    ],
)
async def test_what_cannot_be_answered_says_why(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def sample(source: str, **changed: Any) -> Sample:
    now = datetime.now(UTC)
    times = {"sent": -60, "effective": -60, "expires": 3600}
    moments = {name: (now + timedelta(seconds=s)).replace(microsecond=0).isoformat() for name, s in times.items()}
    return Sample(identifier=source, **{**moments, **changed})


async def test_a_message_is_pushed_acted_on_and_told(door: httpx.AsyncClient, source: str) -> None:
    first = sample(source)
    answer = await door.post(f"/cap/{source}", content=first.xml.encode())
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in ("source", "accepted", "rejected")} == {
        "source": source, "accepted": 1, "rejected": [],
    }  # fmt: skip
    again = (await door.post(f"/ingest/{source}", content=first.xml.encode())).json()
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    sent = datetime.now(UTC).isoformat("T", "seconds")
    cancel = sample(f"{source}-c", kind="Cancel", references=first.triple, sent=sent)
    assert (await door.post(f"/cap/{source}", content=cancel.xml.encode())).json()["changed"] == 1
    found = (await door.get("/collections/alerts/items", params={"source": source})).json()["features"]
    assert [(one["properties"]["cap_id"], one["properties"]["status"]) for one in found] == [(source, "cancelled")]


async def test_an_exercise_is_told_and_never_shown(door: httpx.AsyncClient, source: str) -> None:
    answer = await door.post(f"/cap/{source}", content=sample(source, status="Exercise").xml.encode())
    assert [one["code"] for one in answer.json()["rejected"]] == ["cap_status_exercise"]
    found = (await door.get("/collections/alerts/items", params={"source": source})).json()
    assert found["features"] == []


@pytest.mark.parametrize("body", [b"", b"<alert", b"<feed xmlns='http://www.w3.org/2005/Atom'/>", b"\x00\xff", b"{}"])
async def test_a_body_that_is_no_message_is_a_400_with_its_code(
    door: httpx.AsyncClient, source: str, body: bytes
) -> None:
    answer = await door.post(f"/cap/{source}", content=body)
    assert answer.status_code == 400 and answer.json()["code"] in ("xml_unreadable", "cap_index")


async def test_the_door_asks_for_the_sources_own_key(
    client: httpx.AsyncClient, door: httpx.AsyncClient, source: str, database: Database
) -> None:
    body = sample(source).xml.encode()
    other = {"Authorization": f"Bearer {await key_of(database, 'another')}"}
    assert (await client.post("/cap/nobody", content=body)).json()["code"] == "source_not_found"
    assert (await client.post(f"/cap/{source}", content=body, headers=other)).json()["code"] == "source_not_allowed"
    assert (await client.post(f"/cap/{source}", content=body, headers={"Authorization": ""})).status_code == 401
    large = await door.post(f"/cap/{source}", content=b"<a>" + b" " * 5_000_001)
    assert large.status_code == 413
