# SPDX-License-Identifier: Apache-2.0
"""What a GeoReport endpoint is asked on a visit, and what happens when it answers badly."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit
from layers.transports.http_answer import PullFailed
from layers.transports.open311 import CHANGES_OVERLAP, MAX_SPAN, TRANSPORT, Open311DoorOptions, Question, plan
from simulators.small_server import Asked, BadDays, Reply, Service, as_json
from tests.connected.feeds import serving

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def options(**more: Any) -> Open311DoorOptions:
    return Open311DoorOptions(root="http://127.0.0.1:1/open311/v2", **more)


def cursor(polled: timedelta, reconciled: timedelta) -> dict[str, str]:
    return {"polled_at": (NOW - polled).isoformat(), "reconciled_at": (NOW - reconciled).isoformat()}


def test_the_first_visit_looks_ninety_days_back() -> None:
    questions, kept = plan(options(), {}, NOW)
    assert questions == [Question(NOW - MAX_SPAN, NOW)]
    assert kept == {"polled_at": NOW.isoformat(), "reconciled_at": NOW.isoformat()}


def test_later_visits_overlap_the_last_and_a_day_later_all_is_asked_again() -> None:
    hour = timedelta(hours=1)
    questions, kept = plan(options(), cursor(hour, 2 * hour), NOW)
    assert questions == [Question(NOW - hour - DAY, NOW)]
    assert kept == {"polled_at": NOW.isoformat(), "reconciled_at": (NOW - 2 * hour).isoformat()}
    questions, kept = plan(options(), cursor(hour, DAY), NOW)
    assert questions[0].start == NOW - MAX_SPAN and kept["reconciled_at"] == NOW.isoformat()


def test_after_a_long_silence_nothing_is_left_out_and_no_span_is_too_long() -> None:
    questions, _ = plan(options(), cursor(200 * DAY, 200 * DAY), NOW)
    assert questions[0].start == NOW - 201 * DAY and questions[-1].end == NOW
    assert all(one.end - one.start <= MAX_SPAN for one in questions)
    assert all(before.end == after.start for before, after in zip(questions, questions[1:], strict=False))


def test_where_changes_can_be_asked_for_they_are() -> None:
    hour = timedelta(hours=1)
    (question,), _ = plan(options(extensions=("updated_after",)), cursor(hour, 2 * hour), NOW)
    assert question.asked() == {"updated_after": (NOW - hour - CHANGES_OVERLAP).isoformat()}
    assert question.halves() == []


@pytest.mark.parametrize("broken", [{"polled_at": 5}, {"polled_at": "x", "reconciled_at": None}, {"reconciled_at": []}])
def test_a_broken_cursor_is_a_first_visit(broken: dict[str, Any]) -> None:
    assert plan(options(), broken, NOW) == plan(options(), {}, NOW)


def test_options_that_cannot_be_are_refused() -> None:
    for wrong in ({"root": "ftp://a"}, {"limit": 1001}, {"form": "html"}, {"extensions": ["x"]}, {"overlap_h": 0}):
        with pytest.raises(ValueError, match="validation error"):
            Open311DoorOptions.model_validate({"root": "http://a/b", **wrong})


class Endpoint(Service):
    """An endpoint that answers what a test says, by the last part of the address."""

    def __init__(self, **replies: Reply) -> None:
        super().__init__(BadDays())
        self.replies = replies

    def answer(self, asked: Asked) -> Reply:
        name = asked.path.rpartition("/")[2].partition(".")[0]
        return self.replies.get(name, as_json([{"code": 404, "description": "không có"}], 404))


def _no_secret(name: str) -> str:
    raise KeyError(name)


async def visited(url: str, door: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> list[Arrival]:
    source = SourceSpec(
        id="city", system="field_reports", title={"vi": "a", "en": "a"}, connector="open311",
        door={"kind": "open311", "root": url, **door},
    )  # fmt: skip
    secret = _no_secret if secrets is None else secrets.__getitem__
    nothing: Any = None
    visit = Visit(source.id, source.transport_options, {}, secret, nothing, lambda: NOW)
    return [arrival async for arrival in TRANSPORT.arrivals(visit)]


def rows(count: int) -> Reply:
    return as_json([{"service_request_id": number} for number in range(count)])


async def test_the_cursor_comes_with_the_last_answer_alone() -> None:
    with serving(Endpoint(requests=rows(3))) as url:
        arrivals = await visited(url, {"reconcile_days": 200})
    assert [arrival.cursor is None for arrival in arrivals] == [True, True, False]
    assert {arrival.message.name for arrival in arrivals} == {"requests.json"}


async def test_the_key_is_sent_and_shown_nowhere() -> None:
    endpoint = Endpoint(requests=rows(1))
    with serving(endpoint) as url:
        door = {"api_key": {"secret": "city"}, "jurisdiction_id": "tp.gov.vn", "extensions": []}
        (arrival,) = await visited(url, door, {"city": "very-secret\n"})
        assert {one.query["api_key"] for one in endpoint.asked} == {"very-secret"}
        assert {one.query["jurisdiction_id"] for one in endpoint.asked} == {"tp.gov.vn"}
        endpoint.replies = {"requests": as_json([{"code": 403, "description": "no"}], 403)}
        with pytest.raises(PullFailed) as failure:
            await visited(url, door, {"city": "very-secret"})
    assert "very-secret" not in f"{arrival} {failure.value}" and failure.value.code == "forbidden"


async def test_no_key_of_that_name_fails_the_visit_with_a_sentence() -> None:
    with pytest.raises(LookupError, match="there is no secret 'city'"):
        await visited("http://127.0.0.1:1", {"api_key": {"secret": "city"}})


async def test_prose_about_a_page_is_no_extension() -> None:
    endpoint = Endpoint(requests=rows(2), discovery=as_json({"contact": "see page updated_after", "endpoints": []}))
    with serving(endpoint) as url:
        (arrival,) = await visited(url, {})
    assert arrival.cursor is not None and arrival.cursor["extensions"] == []


async def test_what_fails_is_told_with_a_code() -> None:
    moved = Reply(302, b"", headers={"Location": "http://127.0.0.1:1/elsewhere"})
    endless = as_json({"endpoints": [{"x_extensions": ["page", "page_size"]}]})
    huge = Reply(200, b"[" + b" " * 6_000_000 + b"]")
    for replies, door, code in (
        ({}, {}, "http_404"),
        ({"requests": as_json([], 503, {"Retry-After": "9"})}, {}, "unavailable"),
        ({"requests": moved}, {}, "http_302"),
        ({"requests": rows(5), "discovery": endless}, {"limit": 5}, "paging_ignored"),
        ({"requests": huge, "discovery": endless}, {}, "too_large"),
    ):
        with serving(Endpoint(**replies)) as url:
            with pytest.raises(PullFailed) as failure:
                await visited(url, door)
        assert failure.value.code == code
    with pytest.raises(PullFailed) as failure:
        await visited("http://127.0.0.1:1", {"timeout_s": 0.5})
    assert failure.value.code == "not_reached"


async def test_a_span_in_which_too_much_happened_is_halved_until_it_fits() -> None:
    class Busy(Endpoint):
        def answer(self, asked: Asked) -> Reply:
            if "requests" not in asked.path:
                return as_json([], 404)
            start, end = (datetime.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
            return rows(min(10, round((end - start) / DAY)))

    endpoint = Busy()
    with serving(endpoint) as url:
        arrivals = await visited(url, {"limit": 10, "reconcile_days": 60})
    assert len(arrivals) == 8 and len(endpoint.asked) == 16  # 1 + 2 + 4 + 8, and the discovery
    assert all(len(orjson.loads(arrival.message.body)) < 10 for arrival in arrivals)


async def test_an_answer_that_cannot_be_read_is_brought_all_the_same() -> None:
    with serving(Endpoint(requests=Reply(200, b"<html>"))) as url:
        (arrival,) = await visited(url, {})
    assert arrival.message.body == b"<html>" and arrival.cursor is not None
