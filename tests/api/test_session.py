# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, changes by cookie, roles that hide, revocation."""

import base64
import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.readers import COOKIE
from api.settings import Settings
from layers.registry import LayerRegistry, discover
from layers.visibility import STAFF
from tests.conftest import Seed, new_key_of
from tests.support.stack import ROOT
from tests.support.waiting import until

pytestmark = pytest.mark.postgis
GOOD = "mật khẩu đủ dài"


def command(url: str, *words: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of the product, as a person runs it."""
    environment = {"DATABASE_URL": url, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **settings}
    line = [sys.executable, "-m", "api.cli", *words]
    return subprocess.run(
        line, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def account(url: str, role: str, *options: str, password: str = GOOD) -> str:
    name = f"{role}-{uuid.uuid4().hex[:8]}"
    made = command(url, "user", "add", name, "--role", role, *options, stdin=password + "\n")
    assert made.returncode == 0, made.stderr
    return name


@pytest.fixture
async def closed(admin_url: str, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A server outside the demonstration: nobody reads without a name."""
    app = create_app(Settings(database_url=database_url))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client


async def sign_in(client: httpx.AsyncClient, name: str, password: str = GOOD) -> dict[str, Any]:
    answer = await client.post("/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()
    return session


async def test_outside_the_demonstration_nobody_reads_without_a_name(closed: httpx.AsyncClient) -> None:
    for path in (
        "/collections",
        "/collections/incidents/items",
        "/tiles/incidents/5/1/1.mvt",
        "/live",
        "/boundaries/sets",
    ):
        answer = await closed.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required"), path
    assert (await closed.get("/session")).json() == {"signed_in": False, "anonymous": None, "demo": False}


async def test_a_session_reads_until_it_is_left(closed: httpx.AsyncClient, admin_url: str) -> None:
    name = account(admin_url, "operator")
    session = await sign_in(closed, name)
    assert (session["role"], session["area"]) == ("operator", None)
    assert (await closed.get("/collections")).status_code == 200
    left = await closed.delete("/session", headers={"X-CSRF-Token": session["csrf"]})
    assert left.status_code == 200
    assert (await closed.get("/collections")).status_code == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(closed: httpx.AsyncClient, admin_url: str) -> None:
    name = account(admin_url, "viewer")
    answer = await closed.post("/session", json={"name": name, "password": GOOD})
    cookie = answer.headers["set-cookie"].lower()
    assert COOKIE in cookie and "httponly" in cookie and "samesite=strict" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "wrong"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
async def test_a_change_by_cookie_needs_the_token_and_our_own_page(
    closed: httpx.AsyncClient, admin_url: str, headers: dict[str, str]
) -> None:
    session = await sign_in(closed, account(admin_url, "viewer"))
    if "X-CSRF-Token" not in headers and headers:
        headers = {**headers, "X-CSRF-Token": session["csrf"]}
    refused = await closed.delete("/session", headers=headers)
    assert (refused.status_code, refused.json()["code"]) in ((403, "csrf_invalid"), (403, "origin_not_allowed"))
    assert (await closed.get("/collections")).status_code == 200


async def test_wrong_name_and_wrong_password_get_one_answer_and_guessing_slows_down(
    closed: httpx.AsyncClient, admin_url: str
) -> None:
    name = account(admin_url, "viewer")
    unknown = await closed.post("/session", json={"name": "nobody-here", "password": GOOD})
    wrong = await closed.post("/session", json={"name": name, "password": "không phải vậy"})
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json()["detail"] == wrong.json()["detail"]
    for _ in range(5):
        last = await closed.post("/session", json={"name": name, "password": "không phải vậy"})
    assert (last.status_code, last.json()["code"]) == (429, "too_many_attempts")
    assert int(last.headers["retry-after"]) >= 1
    other = account(admin_url, "viewer")
    await sign_in(closed, other)


async def test_a_generated_password_must_be_changed_before_anything_is_read(
    closed: httpx.AsyncClient, admin_url: str
) -> None:
    name = f"new-{uuid.uuid4().hex[:8]}"
    made = command(admin_url, "user", "add", name, "--role", "gis", "--generate")
    old = made.stdout.strip()
    session = await sign_in(closed, name, old)
    assert session["must_change"] is True
    refused = await closed.get("/collections")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    token = {"X-CSRF-Token": session["csrf"]}
    short = await closed.put("/session/password", json={"old": old, "new": "ngắn"}, headers=token)
    assert (short.status_code, short.json()["code"]) == (400, "password_invalid")
    done = await closed.put("/session/password", json={"old": old, "new": GOOD}, headers=token)
    assert done.status_code == 200, done.text
    assert (await closed.get("/collections")).status_code == 200


async def test_revoking_takes_effect_within_a_second(
    closed: httpx.AsyncClient, admin_url: str, database_url: str
) -> None:
    name = account(admin_url, "viewer")
    await sign_in(closed, name)
    assert (await closed.get("/collections")).status_code == 200
    assert command(admin_url, "user", "disable", name).returncode == 0
    await until(lambda: _status(closed, "/collections", 401), within_s=1)
    closed.cookies.clear()

    key = new_key_of(database_url, f"gis-{uuid.uuid4().hex[:6]}", "--role", "viewer")
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await closed.get("/collections", headers=bearer)).status_code == 200
    number = next(line.split("\t")[0] for line in reversed(command(admin_url, "key", "list").stdout.splitlines()))
    assert command(admin_url, "key", "revoke", number).returncode == 0
    await until(lambda: _status(closed, "/collections", 401, bearer), within_s=1)


async def _status(client: httpx.AsyncClient, path: str, wanted: int, headers: dict[str, str] | None = None) -> bool:
    return (await client.get(path, headers=headers)).status_code == wanted


async def test_a_key_reads_as_bearer_and_as_the_password_of_basic(closed: httpx.AsyncClient, database_url: str) -> None:
    key = new_key_of(database_url, "qgis", "--role", "viewer")
    basic = base64.b64encode(f"qgis:{key}".encode()).decode()
    for scheme in (f"Bearer {key}", f"Basic {basic}"):
        assert (await closed.get("/collections", headers={"Authorization": scheme})).status_code == 200
    for wrong in ("Bearer nonsense", "Basic !!!", "Basic " + base64.b64encode(b"a:b").decode(), "Digest x", "Bearer"):
        answer = await closed.get("/collections", headers={"Authorization": wrong})
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer"), wrong


async def test_a_role_that_may_not_read_a_field_does_not_know_it(
    closed: httpx.AsyncClient, database_url: str, seed: Seed
) -> None:
    mark = uuid.uuid4().hex[:8]
    record = {
        "id": mark,
        "title": mark,
        "description": "riêng tư",
        "time": "2026-01-01T00:00:00Z",
        "lon": 105.8,
        "lat": 21.6,
    }
    await seed("incidents", [record])
    seen: dict[str, Any] = {}
    for role in ("viewer", "operator"):
        headers = {"Authorization": f"Bearer {new_key_of(database_url, f's-{mark}-{role}', '--role', role)}"}
        items = (await closed.get("/collections/incidents/items", params={"title": mark}, headers=headers)).json()
        schema = (await closed.get("/collections/incidents/schema", headers=headers)).json()
        manifest = (await closed.get("/collections/incidents", headers=headers)).json()["toancanh"]
        seen[role] = (
            items["features"][0]["properties"].get("description"),
            "description" in schema["properties"],
            "description" in [field["name"] for field in manifest["fields"]],
        )
    assert seen == {"viewer": (None, False, False), "operator": ("riêng tư", True, True)}


async def test_accounts_of_the_demonstration_sign_in_there_alone(
    closed: httpx.AsyncClient, client: httpx.AsyncClient, admin_url: str
) -> None:
    users = json.loads(command(admin_url, "user", "demo").stdout)
    assert {user["role"] for user in users} == {"viewer", "operator", "handler", "planner", "gis", "admin"}
    for user in users:
        await sign_in(client, user["name"], user["password"])
    refused = await closed.post("/session", json={"name": users[0]["name"], "password": users[0]["password"]})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "a"}, {"name": "a", "password": "b" * 5000}, {"name": "a", "password": "b", "role": "admin"}, []],
)
async def test_what_is_no_sign_in_is_a_bad_request(closed: httpx.AsyncClient, body: Any) -> None:
    answer = await closed.post("/session", json=body)
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"


async def test_a_layer_that_a_role_may_not_read_does_not_exist_for_it(database_url: str) -> None:
    known = discover()
    hidden = LayerRegistry(replace(spec, readers=STAFF) if spec.id == "cameras" else spec for spec in known.values())
    app = create_app(Settings(database_url=database_url, demo=True), hidden)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            key = new_key_of(database_url, f"s-{uuid.uuid4().hex[:6]}", "--layers", "--role", "operator")
            staff = {"Authorization": f"Bearer {key}"}
            for path in ("/collections/cameras", "/collections/cameras/items", "/tiles/cameras/5/25/13.mvt",
                         "/collections/cameras/h3", "/collections/cameras/units", "/tiles/cameras.json"):  # fmt: skip
                refused = await client.get(path)
                assert (refused.status_code, refused.json()["code"]) == (404, "layer_not_found"), path
                assert "cameras" not in refused.json()["layers"]
                assert (await client.get(path, headers=staff)).status_code in (200, 204), path
            listed = (await client.get("/collections")).json()["collections"]
            assert "cameras" not in [one["id"] for one in listed]
            assert (await client.get("/live", params={"layers": "cameras"})).status_code == 404
            assert "cameras" not in (await client.get("/styles/dark.json")).text
