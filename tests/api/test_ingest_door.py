# SPDX-License-Identifier: Apache-2.0
"""The ingest door over HTTP: who may push, what is answered, and that no body makes it fall."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database
from tests.boundaries.unit_samples import CITY
from tests.layers.ingest_samples import BAD, incident

pytestmark = pytest.mark.postgis
DOOR = "/ingest/test?layer=incidents"
JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture
async def door(client: httpx.AsyncClient, push_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The client, signed in as the source "test"."""
    client.headers["Authorization"] = f"Bearer {push_key}"
    yield client


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert a problem document of this status and code; answers it."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["instance"]) == (status, code, answer.request.url.path)
    assert body["title"] and body["detail"] and body["type"]
    return body


async def test_a_record_is_accepted_and_counted(door: httpx.AsyncClient) -> None:
    record = incident(uuid.uuid4().hex)
    answers = [(await door.post(DOOR, json=record)).json() for _ in range(2)]
    assert [(one["received"], one["accepted"], one["unchanged"], one["rejected"]) for one in answers] == [
        (1, 1, 0, []), (1, 0, 1, []),
    ]  # fmt: skip
    assert answers[0].keys() >= set("import layer source received accepted changed unchanged withdrawn retired".split())


@pytest.mark.parametrize("wrap", [
    lambda one: one, lambda one: [one],
    lambda one: {"type": "Feature", "id": one.pop("id"), "properties": one, "geometry": None},
    lambda one: {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": one.pop("id"), "properties": one, "geometry": None}]},
], ids=["one record", "a list", "a Feature", "a FeatureCollection"])  # fmt: skip
async def test_every_form_of_body_is_taken(door: httpx.AsyncClient, wrap: Any) -> None:
    answer = await door.post(DOOR, json=wrap(incident(uuid.uuid4().hex)))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


async def test_one_record_is_withdrawn_by_its_address(door: httpx.AsyncClient) -> None:
    name = f"a/b ấ {uuid.uuid4().hex}"
    await door.post(DOOR, json=incident(name))
    answer = await door.delete(f"/ingest/test/{name}?layer=incidents")
    assert (answer.status_code, answer.json()["withdrawn"]) == (200, 1)


async def test_an_import_is_undone_by_its_name(door: httpx.AsyncClient) -> None:
    name = uuid.uuid4().hex
    await door.post(f"{DOOR}&import={name}", json=incident(name))
    answer = await door.delete(f"/ingest/test/imports/{name}?layer=incidents")
    assert answer.json() == {"import": name, "layer": "incidents", "restored": 0, "removed": 1, "brought_back": 0}
    problem(await door.delete(f"/ingest/test/imports/{name}?layer=incidents"), 404, "import_not_found")


async def test_dead_letters_show_what_was_refused_page_by_page(door: httpx.AsyncClient) -> None:
    marks = [uuid.uuid4().hex for _ in range(3)]
    await door.post(DOOR, json=[incident(mark, severity=mark) for mark in marks])
    seen: list[str] = []
    before = ""
    while len(seen) < 3:
        page = (await door.get(f"/ingest/test/dead-letters?limit=2{before}")).json()["dead_letters"]
        seen += [letter["record"]["id"] for letter in page if letter["record"]["id"] in marks]
        before = f"&before={page[-1]['id']}"
    assert sorted(seen) == sorted(marks)


async def test_without_a_key_nobody_pushes(client: httpx.AsyncClient) -> None:
    answer = await client.post(DOOR, json=incident())
    problem(answer, 401, "key_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("value", [
    "Bearer tck_wrong", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "tck_wrong", f"Bearer {'x' * 600}",
    "Bearer \xff\xfe", "Bearer tck_' or 1=1 --",
])  # fmt: skip
async def test_a_wrong_key_is_no_key(client: httpx.AsyncClient, value: str) -> None:
    answer = await client.post(DOOR, json=incident(), headers=[(b"Authorization", value.encode("latin-1"))])
    assert problem(answer, 401, answer.json()["code"])["code"] in ("key_missing", "key_invalid")


async def test_a_key_in_the_address_is_no_key(client: httpx.AsyncClient, push_key: str) -> None:
    answer = await client.post(f"{DOOR}&key={push_key}", json=incident())
    assert answer.status_code in (400, 401)


async def test_a_revoked_or_shortened_key_opens_nothing(client: httpx.AsyncClient, database: Database) -> None:
    key = new_key()
    async with database.connection() as connection:
        await connection.execute(
            "insert into api_key (source, key_hash, layers) values ('test', $1, '{*}')", hash_of(key)
        )
        use = {"Authorization": f"Bearer {key}"}
        assert (await client.post(DOOR, json=[], headers=use)).status_code == 200
        problem(await client.post(DOOR, json=[], headers={"Authorization": f"Bearer {key[:-1]}"}), 401, "key_invalid")
        await connection.execute("update api_key set revoked_at = now() where key_hash = $1", hash_of(key))
        problem(await client.post(DOOR, json=[], headers=use), 401, "key_invalid")


async def test_a_key_pushes_for_its_own_source_and_layers_only(client: httpx.AsyncClient, database: Database) -> None:
    key = new_key()
    async with database.connection() as connection:
        await connection.execute(
            "insert into api_key (source, key_hash, layers) values ('narrow', $1, '{incidents}')", hash_of(key)
        )
    client.headers["Authorization"] = f"Bearer {key}"
    problem(await client.post("/ingest/other?layer=incidents", json=[]), 403, "source_not_allowed")
    problem(await client.post("/ingest/narrow?layer=cameras", json=[]), 403, "layer_not_allowed")
    assert (await client.post("/ingest/narrow?layer=incidents", json=[])).status_code == 200
    problem(await client.get("/ingest/test/dead-letters"), 403, "source_not_allowed")
    problem(await client.delete("/ingest/test/x?layer=incidents"), 403, "source_not_allowed")
    problem(await client.delete("/ingest/test/imports/x?layer=incidents"), 403, "source_not_allowed")


async def test_an_unknown_layer_is_named_with_those_that_exist(door: httpx.AsyncClient) -> None:
    for layer in ("nope", "incidents'; --", "pg_catalog.pg_authid", "%00"):
        body = problem(await door.post(f"/ingest/test?layer={layer}", json=[]), 404, "layer_not_found")
        assert "incidents" in body["layers"]


@pytest.mark.parametrize("query", [
    "?layer=incidents&mode=replace", "?layer=incidents&import=a b", "?layer=incidents&import=",
    f"?layer=incidents&import={'x' * 101}", "?layer=incidents&import=%00",
])  # fmt: skip
async def test_a_wrong_parameter_is_refused(door: httpx.AsyncClient, query: str) -> None:
    answer = await door.post(f"/ingest/test{query}", json=[])
    problem(answer, 400, answer.json()["code"])


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "before=0", f"before={10**30}", "before=%00"])
async def test_a_wrong_page_of_dead_letters_is_refused(door: httpx.AsyncClient, query: str) -> None:
    problem(await door.get(f"/ingest/test/dead-letters?{query}"), 400, "parameter_invalid")


@pytest.mark.parametrize("media_type", ["text/plain", "", "multipart/form-data; boundary=x", "application/xml",
                                        "application/x-www-form-urlencoded"])  # fmt: skip
async def test_another_media_type_is_415(door: httpx.AsyncClient, media_type: str) -> None:
    answer = await door.post(DOOR, content=b"[]", headers={"Content-Type": media_type})
    problem(answer, 415, "media_type_unsupported")


async def test_geojson_is_a_media_type_of_the_door(door: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "Application/Geo+JSON; charset=utf-8"}
    assert (await door.post(DOOR, content=b"[]", headers=kind)).status_code == 200


async def test_too_large_a_body_is_413_and_is_not_read_to_its_end(
    database_url: str, push_key: str, database: Database
) -> None:
    app = create_app(Settings(database_url=database_url, max_body_bytes=10_000, max_batch=5))
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 1_000
            yield b" " * 1_000

    headers = {"Authorization": f"Bearer {push_key}", **JSON_TYPE}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
            body = problem(await client.post(DOOR, content=endless()), 413, "too_large")
            assert (body["max_bytes"], sent < 20_000) == (10_000, True)
            assert problem(await client.post(DOOR, json=[1] * 6), 413, "too_large")["max_batch"] == 5


BODIES: dict[str, tuple[bytes, int]] = {
    "F1 100,000 lists": (b"[" * 100_000, 400),
    "F1 100,000 lists closed": (b"[" * 100_000 + b"]" * 100_000, 400),
    "F1 100,000 objects": (b'{"a":' * 100_000, 400),
    "F2 NaN": (b'{"id":"x","title":NaN}', 200),
    "F2 1e400": (b'{"id":"x","lon":1e400,"lat":1}', 200),
    "F2 a number of 5,000 digits": (b'{"id":"x","lon":' + b"9" * 5_000 + b"}", 400),
    "F2 a whole number beside NaN": (b'{"id":"x","lon":NaN,"lat":' + b"9" * 400 + b"}", 200),
    "F3 a member twice": (b'{"id":"1","id":"2"}', 200),
    "F4 UTF-16": ('[{"id":"1"}]'.encode("utf-16"), 400),
    "F4 a byte order mark": (b"\xef\xbb\xbf[]", 400),
    "F4 no UTF-8": (b'{"id":"\xff\xfe"}', 400),
    "F4 half a surrogate pair as a name": (b'{"id":"1","\\ud800":1}', 200),
    "F4 NUL as a name": (b'{"id":"1","\\u0000":1}', 200),
    "F9 a text of 10 MB": (json.dumps(incident(description="x" * 10_000_000)).encode(), 200),
    "F9 5,000 members": (json.dumps({f"m{nth}": nth for nth in range(5_000)}).encode(), 200),
    "F9 __proto__": (b'{"id":"1","__proto__":{"a":1},"constructor":1}', 200),
    "F16 nothing": (b"", 400),
    "F16 a text": (b'"x"', 400),
    "F16 a number": (b"5", 400),
    "F16 null": (b"null", 400),
    "F16 no JSON": (b"{'id':1}", 400),
    "F16 features that are no list": (b'{"type":"FeatureCollection","features":{}}', 400),
    "F18 members of ours": (b'{"id":"1","area_id":1,"role":"admin","import_id":5}', 200),
    "a list 900 deep": (b"[" * 900 + b"]" * 900, 200),
    "a record 900 deep": (b'[{"id":"1","title":' + b"[" * 900 + b"]" * 900 + b"}]", 200),
}


@pytest.mark.parametrize("name", BODIES)
async def test_no_body_makes_the_door_fall(door: httpx.AsyncClient, name: str) -> None:
    content, status = BODIES[name]
    answer = await door.post(DOOR, content=content, headers=JSON_TYPE)
    if status == 200:
        assert answer.status_code == 200
        assert len(answer.json()["rejected"]) == 1
    else:
        problem(answer, status, answer.json()["code"])
    assert (await door.get("/ingest/test/dead-letters")).status_code == 200


async def test_every_kind_of_bad_record_is_answered_at_its_index(door: httpx.AsyncClient) -> None:
    bad = [one for one in BAD if one.layer == "incidents"]
    content = json.dumps([incident("before"), *(one.record for one in bad), incident("after")])
    answer = await door.post(DOOR, content=content, headers=JSON_TYPE)
    assert answer.status_code == 200
    assert [(one["index"], one["code"]) for one in answer.json()["rejected"]] == [
        (nth, one.code) for nth, one in enumerate(bad, start=1)
    ]


@pytest.mark.parametrize("body", [
    [], {}, incident(), {**CITY, "unit_set": None}, {**CITY, "features": []}, {**CITY, "features": [None]},
    {**CITY, "unit_set": {**CITY["unit_set"], "id": "../x"}},
    {"type": "FeatureCollection", "unit_set": CITY["unit_set"], "features": [[[[[[]]]]]]},
], ids=str)  # fmt: skip
async def test_what_is_no_set_of_units_is_refused_as_a_whole(door: httpx.AsyncClient, body: Any) -> None:
    problem(await door.post("/ingest/test?layer=units", json=body), 400, "unit_set_invalid")


async def test_a_set_nested_too_deep_is_refused_as_a_whole(door: httpx.AsyncClient) -> None:
    content = b'{"type":"FeatureCollection","features":' + b"[" * 900 + b"]" * 900 + b"}"
    problem(await door.post("/ingest/test?layer=units", content=content, headers=JSON_TYPE), 400, "body_too_deep")


async def test_one_unit_is_not_withdrawn(door: httpx.AsyncClient) -> None:
    problem(await door.delete("/ingest/test/05443?layer=units"), 400, "layer_not_withdrawable")


async def test_another_method_is_405(door: httpx.AsyncClient) -> None:
    problem(await door.put(DOOR, json=[]), 405, "method_not_allowed")
    overridden = await door.get("/ingest/test/dead-letters", headers={"X-HTTP-Method-Override": "DELETE"})
    assert overridden.status_code == 200


async def test_no_origin_is_allowed_to_push_from_a_page(client: httpx.AsyncClient) -> None:
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await client.options(DOOR, headers=asking)
    assert "access-control-allow-origin" not in answer.headers
