# SPDX-License-Identifier: Apache-2.0
"""Features as CAP messages: valid for the OASIS schema whatever they hold, and read back as what they were."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from layers.catalog.alerts import LAYER
from layers.connectors.base import Found, Message
from layers.connectors.cap import CONNECTOR, CapOptions
from layers.connectors.cap_out import Issued, Publisher, cap_of
from layers.connectors.cap_shapes import MAX_POSITIONS, shapes_of
from layers.connectors.cap_words import CAP_NS
from tests.support.cap_schema import cap_judge

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PUBLISHER = Publisher("ioc@thainguyen.gov.vn", "https://ban-do.example")
SQUARE = {"type": "Polygon", "coordinates": [[[105.83, 21.56], [105.86, 21.56], [105.86, 21.58], [105.83, 21.56]]]}
EARLIER = [Issued(1, NOW - timedelta(hours=2)), Issued(2, NOW - timedelta(hours=1))]


def feature(geometry: Any = SQUARE, **changed: Any) -> dict[str, Any]:
    properties = {
        "title": "Ngập sâu", "kind": "flood", "severity": "severe", "status": "actual", "urgency": "immediate",
        "certainty": "observed", "response": "avoid", "event": "Ngập lụt", "description": "Nước lên.",
        "instruction": "Không đi qua ngầm tràn.", "agency": "IOC", "area": "Phường Gia Sàng", "revision": 3,
        "valid_from": "2026-11-22T01:15:00+00:00", "valid_to": "2026-11-22T13:15:00+00:00",
        "recorded_at": "2026-11-22T01:20:30.12345+00:00", "location_radius_m": None,
    }  # fmt: skip
    return {"type": "Feature", "id": 17, "geometry": geometry, "properties": properties | changed}


def texts(document: bytes, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(document).iter(f"{{{CAP_NS}}}{name}")]


def judged(one: dict[str, Any], earlier: list[Issued] | None = None) -> bytes:
    document = cap_of(one, earlier or [], PUBLISHER)
    cap_judge()(document)
    return document


def test_the_judges_refuse_what_is_wrong() -> None:
    document = cap_of(feature(), [], PUBLISHER)
    for good, bad in ((b"+07:00</sent>", b"Z</sent>"), (b"<status>Actual", b"<status>Real"), (b"<urgency>", b"<web>")):
        assert good in document
        with pytest.raises((etree.DocumentInvalid, etree.XMLSyntaxError)):
            cap_judge()(document.replace(good, bad))


def test_a_first_revision_is_an_alert_in_two_languages() -> None:
    document = judged(feature())
    assert texts(document, "msgType") == ["Alert"] and texts(document, "references") == []
    assert texts(document, "language") == ["vi-VN", "en-US"]
    assert texts(document, "sent") == ["2026-11-22T08:20:30+07:00"]
    assert texts(document, "expires") == ["2026-11-22T20:15:00+07:00"] * 2
    assert texts(document, "event") == ["Ngập lụt", "Flood"]
    positions = texts(document, "polygon")[0].split()
    assert (set(positions), positions[0]) == ({"21.56,105.83", "21.56,105.86", "21.58,105.86"}, positions[-1])


def test_later_revisions_reference_every_earlier_one() -> None:
    document = judged(feature(), EARLIER)
    assert texts(document, "msgType") == ["Update"]
    assert texts(document, "references") == [
        "ioc@thainguyen.gov.vn,TC-17-1,2026-11-22T07:00:00+07:00 "
        "ioc@thainguyen.gov.vn,TC-17-2,2026-11-22T08:00:00+07:00"
    ]
    cancelled = judged(feature(status="cancelled"), EARLIER)
    assert (texts(cancelled, "msgType"), texts(cancelled, "responseType")) == (["Cancel"], ["AllClear"] * 2)
    assert texts(cancelled, "expires") == ["2026-11-22T08:20:30+07:00"] * 2


def test_what_was_cancelled_before_anybody_heard_of_it_is_an_alert_that_is_over() -> None:
    document = judged(feature(status="cancelled"))
    assert (texts(document, "msgType"), texts(document, "expires")[0]) == (["Alert"], "2026-11-22T08:20:30+07:00")


def test_what_is_known_only_to_the_unit_carries_its_code() -> None:
    units = [{"set": "province-2025", "code": "05467", "name": "Gia Sàng"}, {"set": "city-2017", "code": "05461",
                                                                            "name": "Gia Sàng"}]  # fmt: skip
    document = judged(feature(None, units=units, area=None))
    assert texts(document, "value") == ["05467", "05467"]
    assert texts(document, "areaDesc") == ["Gia Sàng", "Gia Sàng"]


def test_our_own_messages_come_back_as_they_were() -> None:
    chain = [cap_of(feature(revision=1, recorded_at=EARLIER[0].sent.isoformat()), [], PUBLISHER),
             cap_of(feature(status="cancelled"), EARLIER, PUBLISHER)]  # fmt: skip
    first, second = (
        [part.record for part in CONNECTOR.parse(Message(body, NOW), CapOptions()) if isinstance(part, Found)]
        for body in chain
    )
    for name in ("title", "kind", "severity", "urgency", "certainty", "response", "description", "area"):
        assert first[0][name] == feature()["properties"][name]
    assert shapely.geometry.shape(first[0]["geometry"]).equals(shapely.geometry.shape(SQUARE))
    assert [(one["id"].split(",")[1], one.get("withdrawn", one.get("status"))) for one in second] == [
        ("TC-17-1", True), ("TC-17-2", "cancelled"),
    ]  # fmt: skip
    assert first[0]["id"] == second[0]["id"]


@pytest.mark.parametrize(
    ("geometry", "polygons", "circles"),
    [
        ({"type": "Point", "coordinates": [105.8, 21.6]}, 0, ["21.6,105.8 0.5"]),
        ({"type": "MultiPoint", "coordinates": [[105.8, 21.6], [105.9, 21.6]]}, 0,
         ["21.6,105.8 0.5", "21.6,105.9 0.5"]),
        ({"type": "LineString", "coordinates": [[105.8, 21.6], [105.9, 21.6]]}, 1, []),
        ({"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[106, 22], [106, 22.1], [106.1, 22],
                                                                         [106, 22]]]]}, 2, []),
        (None, 0, []),
    ],
)  # fmt: skip
def test_every_geometry_has_a_shape_of_cap(geometry: Any, polygons: int, circles: list[str]) -> None:
    shapes = shapes_of(geometry, None)
    assert (len(shapes.polygons), list(shapes.circles)) == (polygons, circles)
    judged(feature(geometry))


def test_a_point_keeps_its_radius() -> None:
    assert shapes_of({"type": "Point", "coordinates": [105.8, 21.6]}, 1250.0).circles == ("21.6,105.8 1.25",)
    assert shapes_of({"type": "Point", "coordinates": [105.8, 21.6]}, 10_000.0).circles == ("21.6,105.8 10",)


def test_a_ring_of_thousands_of_positions_is_thinned_and_stays_where_it_was() -> None:
    circle = shapely.Point(105.8, 21.6).buffer(0.1, quad_segs=1600)
    (polygon,) = shapes_of(shapely.geometry.mapping(circle), None).polygons
    pairs = [tuple(map(float, pair.split(","))) for pair in polygon.split()]
    thin = shapely.Polygon([(lon, lat) for lat, lon in pairs])
    assert len(pairs) <= MAX_POSITIONS and pairs[0] == pairs[-1]
    assert thin.symmetric_difference(circle).area < circle.area / 200


_WORD = st.text(max_size=30) | st.sampled_from(["\x00", "\x0b]]>", "<b>&", "\ufffe", "Ngập\u2028", "", None])
_CHOICES = {
    field.name: st.sampled_from([choice.value for choice in field.choices] + [None])
    for field in LAYER.fields if field.choices
}  # fmt: skip
_TEXTS = {field.name: _WORD for field in LAYER.fields if field.type == "string"}
_MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat)


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.fixed_dictionaries({**_CHOICES, **_TEXTS}),
    st.fixed_dictionaries({"valid_from": _MOMENTS, "valid_to": _MOMENTS | st.none(), "recorded_at": _MOMENTS}),
    st.sampled_from([None, SQUARE, {"type": "Point", "coordinates": [105.8, 21.6]}]),
    st.booleans(),
)
def test_whatever_an_alert_holds_its_message_is_valid(
    fields: dict[str, Any], times: dict[str, Any], geometry: Any, is_later: bool
) -> None:
    judged(feature(geometry, **fields, **times), EARLIER if is_later else [])
