# SPDX-License-Identifier: Apache-2.0
"""The simulator's HTTP client: patient with a server that is away, plain with one that refuses."""

import json
import threading
from collections.abc import Callable

import httpx
import pytest

from simulators.__main__ import main
from simulators.door import Door, DoorError, Stopped

Answer = Callable[[httpx.Request], httpx.Response]


def door(answer: Answer, *, stop: threading.Event | None = None, patience_s: float | None = 20.0) -> Door:
    transport = httpx.MockTransport(answer)
    return Door("http://x", "secret", patience_s=patience_s, stop=stop or threading.Event(), transport=transport)


def test_a_push_carries_layer_key_and_records() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/ingest/demo" and request.url.query == b"layer=cameras"
        assert request.headers["authorization"] == "Bearer secret"
        return httpx.Response(200, json={"accepted": len(json.loads(request.content))})

    assert door(answer).push("cameras", [{"id": "a"}, {"id": "b"}]) == {"accepted": 2}


def test_a_busy_or_absent_server_is_asked_again() -> None:
    answers = iter([503, 0, 200])

    def answer(request: httpx.Request) -> httpx.Response:
        status = next(answers)
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status, json={"accepted": 1})

    assert door(answer).push("cameras", [{"id": "a"}]) == {"accepted": 1}


def test_a_refusal_is_told_with_its_code_and_not_repeated() -> None:
    calls = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(404, json={"code": "layer_unknown", "detail": "no such layer"})

    with pytest.raises(DoorError, match="404 layer_unknown no such layer"):
        door(answer).push("nothing", [])
    assert len(calls) == 1


def test_patience_ends() -> None:
    with pytest.raises(DoorError, match="gave up"):
        door(lambda _: httpx.Response(503), patience_s=0.0).push("cameras", [])


def test_a_wait_ends_when_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        door(lambda _: httpx.Response(503), stop=stop).push("cameras", [])


def test_items_follow_the_next_link_on_the_given_address() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "x"
        if "after" in request.url.params:
            return httpx.Response(200, json={"features": [{"id": 2}], "links": []})
        link = {
            "rel": "next",
            "href": "https://public.example/collections/alerts/items?after=q%3D1&limit=1000",
        }
        return httpx.Response(200, json={"features": [{"id": 1}], "links": [link]})

    assert [item["id"] for item in door(answer).items("alerts", status="actual")] == [1, 2]


def test_simulators_are_listed_and_an_unknown_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "demo" in capsys.readouterr().out
    assert main(["nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
