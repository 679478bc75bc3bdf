# SPDX-License-Identifier: Apache-2.0
"""How a scheduled pull signs in, over real sockets: OAuth2 as on a sharing platform, and the simpler ways."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from layers.transports.http_answer import PullFailed
from tests.layers.transports.http_server import Answer, Seen, serving, visitor


class Gate:
    """An OAuth2 server and what it guards. Tokens are numbered."""

    def __init__(self) -> None:
        self.given = 0
        self.good: set[str] = set()
        self.lifetime: Any = 300

    def __call__(self, seen: Seen) -> Answer:
        if seen.path == "/token":
            expected = httpx.BasicAuth("ioc", "right")
            basic = next(expected.auth_flow(httpx.Request("GET", "http://x"))).headers["authorization"]
            form = {name: value[0] for name, value in parse_qs(seen.body.decode()).items()}
            if seen.headers.get("authorization") != basic and form.get("client_secret") != "right":
                return 401, {"error": "invalid_client"}, {}
            assert form["grant_type"] == "client_credentials" and form["scope"] == "doc"
            self.given += 1
            self.good = {f"t{self.given}"}
            return 200, {"access_token": f"t{self.given}", "expires_in": self.lifetime}, {}
        if seen.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return 401, {"message": "hết hạn"}, {}
        return (200, [], {}) if seen.headers.get("x-agency-code") == "H55" else (403, {"message": "sai đơn vị"}, {})


def oauth2(url: str, secret: str = "client", **more: Any) -> dict[str, Any]:
    return {
        "agency_code": "H55",
        "auth": {
            "kind": "oauth2", "token_url": f"{url}/token", "client_id": "ioc", "client_secret": {"secret": secret},
            "scope": "doc", **more,
        },
    }  # fmt: skip


async def test_a_token_serves_until_shortly_before_it_runs_out() -> None:
    gate = Gate()
    with serving(gate) as server:
        pulling = visitor(server.url, **oauth2(server.url))
        await pulling.visit()
        await pulling.later(200).visit()
        assert gate.given == 1
        await pulling.later(75).visit()  # 275 s of 300: the last tenth is not used
        assert gate.given == 2


async def test_a_token_that_was_revoked_is_replaced_once() -> None:
    gate = Gate()
    with serving(gate) as server:
        pulling = visitor(server.url, **oauth2(server.url, send="form"))
        await pulling.visit()
        gate.good = set()
        assert len(await pulling.visit()) == 1 and gate.given == 2


async def test_a_server_that_refuses_every_token_is_asked_twice_and_no_more() -> None:
    gate = Gate()

    def answer(seen: Seen) -> Answer:
        return gate(seen) if seen.path == "/token" else (401, {}, {})

    with serving(answer) as server, pytest.raises(PullFailed, match="unauthorised"):
        await visitor(server.url, **oauth2(server.url)).visit()
    assert gate.given == 2 and len(server.seen) == 4


async def test_a_wrong_client_secret_is_told_by_the_secrets_name_and_never_by_its_text() -> None:
    with serving(Gate()) as server, pytest.raises(PullFailed) as caught:
        await visitor(server.url, **oauth2(server.url, secret="word")).visit()
    assert caught.value.code == "oauth2_refused"
    assert "invalid_client" in caught.value.detail and "secret 'word'" in caught.value.detail
    assert "mật khẩu" not in str(caught.value)


async def test_a_missing_secret_and_a_wrong_agency_have_codes_of_their_own() -> None:
    with serving(Gate()) as server:
        with pytest.raises(PullFailed, match="secret_missing: there is no secret 'lost'"):
            await visitor(server.url, **oauth2(server.url, secret="lost")).visit()
        with pytest.raises(PullFailed, match="forbidden: .* 403: sai đơn vị"):
            await visitor(server.url, **{**oauth2(server.url), "agency_code": "H99"}).visit()


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "bearer", "token": {"secret": "key"}}, "authorization", "Bearer k-1"),
        ({"kind": "api_key", "key": {"secret": "key"}, "header": "X-Key"}, "x-key", "k-1"),
        ({"kind": "basic", "user": "ioc", "password": {"secret": "key"}}, "authorization", "Basic aW9jOmstMQ=="),
        ({"kind": "none"}, "authorization", None),
    ],
)
async def test_other_ways_to_sign_in(auth: dict[str, Any], header: str, value: str | None) -> None:
    with serving(lambda seen: (200, [], {})) as server:
        await visitor(server.url, auth=auth).visit()
    assert server.seen[0].headers.get(header) == value
