# SPDX-License-Identifier: Apache-2.0
"""CloudEvents in: our own events, those of other IOCs, and whatever else arrives."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Origin, Refused
from layers.connectors.cloudevents import CONNECTOR, EventOptions, identity
from layers.errors import Rejected
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OWN = {
    "specversion": "1.0", "id": "incidents/field/a/7", "source": "urn:toancanh:pho-yen",
    "type": "vn.toancanh.feature.changed.v1", "subject": "incidents/field/a", "time": "2026-11-22T01:00:00+00:00",
    "iocorigin": "song-cong", "iochops": "song-cong,pho-yen", "data": {"revision": 7, "title": "Cây đổ"},
}  # fmt: skip
FOREIGN = {
    "specversion": "1.0", "id": "pho-yen:inc:17:r3", "source": "urn:ioc:pho-yen", "subject": "incident/00017",
    "type": "vn.ioc.incident.updated.v1", "time": "2026-11-22T07:42:10+07:00",
    "data": {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [105.8674, 21.4265]},
        "properties": {"category": "giao_thong.un_tac", "severity": "moderate", "status": "in_progress", "revision": 3,
                       "location": {"radius_m": 30}},
    },
}  # fmt: skip


def read(body: Any, headers: dict[str, str] | None = None) -> list[Found | Refused]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return list(CONNECTOR.parse(Message(content, NOW, headers=headers or {}), EventOptions()))


def test_our_own_event_keeps_its_origin_whichever_way_it_came() -> None:
    (found,) = read(OWN)
    assert isinstance(found, Found)
    assert found.record == {"id": "field~a", "revision": 7, "title": "Cây đổ"}
    assert found.origin == Origin("ioc-song-cong", ("song-cong", "pho-yen"))


def test_an_event_of_another_ioc_becomes_an_incident() -> None:
    (found,) = read(FOREIGN)
    assert isinstance(found, Found)
    assert {name: found.record[name] for name in ("id", "kind", "severity", "status", "revision")} == {
        "id": "incident/00017", "kind": "traffic", "severity": "medium", "status": "in_progress", "revision": 3,
    }  # fmt: skip
    assert found.record["time"] == FOREIGN["time"]


def test_binary_mode_and_batches_are_read() -> None:
    headers = {f"ce-{name}": str(value) for name, value in OWN.items() if name != "data"}
    assert read(OWN["data"], headers) == read(OWN)
    assert len(read([OWN, FOREIGN])) == 2


@pytest.mark.parametrize(("change", "code"), [
    ({"specversion": "0.3"}, "event_version"), ({"id": ""}, "event_invalid"),
    ({"type": "org.other"}, "event_type_unknown"),
    ({"subject": "incidents"}, "event_invalid"), ({"subject": "cameras/a/b"}, "event_layer"),
    ({"iocorigin": "Ô"}, "event_origin"), ({"iochops": "a b"}, "event_hops"), ({"data": []}, "event_invalid"),
])  # fmt: skip
def test_an_event_that_cannot_be_taken_is_refused_alone(change: dict[str, Any], code: str) -> None:
    first, second = read([OWN | change, OWN])
    assert isinstance(first, Refused) and first.code == code
    assert isinstance(second, Found)


def test_what_is_no_json_is_refused_as_a_whole() -> None:
    with pytest.raises(Rejected, match="JSON"):
        read(b"<xml/>")


def test_long_identities_stay_apart() -> None:
    one, other = identity("s" * 100, "x" * 200), identity("s" * 100, "x" * 199 + "y")
    assert one != other and max(len(one), len(other)) <= 200


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*OWN, "properties", "commune"]), inner)
    ),
    max_leaves=12,
)


@FUZZ
@given(st.binary() | _JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_end_in_records_or_typed_refusals(body: bytes) -> None:
    assert_typed(CONNECTOR, Message(body, NOW))


@FUZZ
@given(st.sampled_from([OWN, FOREIGN]), st.sampled_from([*OWN]), _JSON)
def test_any_member_may_be_anything(event: dict[str, Any], name: str, value: Any) -> None:
    assert_typed(CONNECTOR, Message(json.dumps({**event, name: value}).encode(), NOW))
