# SPDX-License-Identifier: Apache-2.0
"""Statuses of cameras, as our visits and other systems write them."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.check_records import normalise_check
from layers.connectors.base import Found, Message, Refused
from layers.connectors.camera_status import CONNECTOR, StatusOptions
from layers.errors import Rejected
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def parts_of(body: Any, **options: Any) -> list[Found | Refused]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return list(CONNECTOR.parse(CONNECTOR.redact(Message(raw, NOW, "application/json")), StatusOptions(**options)))


def record_of(body: Any, **options: Any) -> dict[str, Any]:
    (part,) = parts_of(body, **options)
    assert isinstance(part, Found) and (part.layer, part.kind) == ("cameras", "checks")
    normalise_check(part.record, NOW)
    return dict(part.record)


@pytest.mark.parametrize(
    "body", [{"checks": [{"id": "a", "ok": True}]}, [{"id": "a", "ok": True}], {"id": "a", "ok": True}]
)
def test_one_check_a_list_and_an_object_of_many_are_the_same(body: Any) -> None:
    assert record_of(body) == {"id": "a", "ok": True, "register": None, "time": NOW.isoformat()}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"time": "2026-11-22T07:31:05+07:00"}, {"time": "2026-11-22T07:31:05+07:00"}),
        ({"time": "2026-11-22T07:31:05"}, {"time": "2026-11-22T07:31:05+07:00"}),
        ({"time": ""}, {"time": NOW.isoformat()}),
        ({"ok": None, "register": "x"}, {"register": "x"}),
    ],
)
def test_a_time_without_a_zone_is_of_vietnam_and_without_one_is_now(said: Any, expected: Any) -> None:
    record = record_of({"id": "a", "status": "offline", **{k: v for k, v in said.items() if v is not None}})
    assert record["ok"] is False and {name: record[name] for name in expected} == expected


def test_the_register_of_the_options_goes_where_none_is_said() -> None:
    assert record_of({"id": "a", "ok": True}, registered_by="vms")["register"] == "vms"
    assert record_of({"id": "a", "ok": True, "register": "b"}, registered_by="vms")["register"] == "b"


def test_what_is_no_check_is_refused_beside_the_others() -> None:
    parts = parts_of([{"id": "a", "ok": True}, 7, None, "x"])
    assert [type(part).__name__ for part in parts] == ["Found", "Refused", "Refused", "Refused"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100 + b"]" * 100, b"x" * 5_000_001])
def test_what_is_no_message_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Rejected):
        parts_of(body)


def test_an_unknown_status_is_refused_at_the_door() -> None:
    (part,) = parts_of({"id": "a", "status": "sleeping"})
    assert isinstance(part, Found)
    with pytest.raises(Rejected) as refused:
        normalise_check(part.record, NOW)
    assert refused.value.code == "value_wrong_type"


_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
_JSON = (
    _LEAF | st.lists(_LEAF, max_size=3) | st.dictionaries(st.sampled_from(["took_ms", "model", "x"]), _LEAF, max_size=2)
)
_CHECK = st.dictionaries(
    st.sampled_from(["id", "register", "time", "ok", "status", "problem", "facts", "x"]), _JSON, max_size=6
)


@FUZZ
@given(
    st.binary(max_size=200)
    | (_JSON | _CHECK | st.lists(_CHECK, max_size=3)).map(lambda one: json.dumps(one).encode("utf-8", "surrogatepass"))
)
def test_any_bytes_become_typed_parts_that_the_door_can_judge(body: bytes) -> None:
    for part in assert_typed(CONNECTOR, Message(body, NOW)):
        if isinstance(part, Found):
            try:
                normalise_check(part.record, NOW)
            except Rejected as rejection:
                assert rejection.code
