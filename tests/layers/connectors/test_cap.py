# SPDX-License-Identifier: Apache-2.0
"""CAP messages to records: fields, chains in any order, areas, what is refused; and that no bytes make it fall."""

from datetime import timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import area_m2
from layers.catalog.alerts import LAYER
from layers.connectors.base import Found, Message, Refused
from layers.connectors.cap import CONNECTOR, CapOptions
from layers.errors import Rejected
from layers.records import normalise
from tests.layers.connectors.cap_samples import NOW, RING, SENDER, Sample, found, read, refused
from tests.support.fuzz import FUZZ, assert_typed

ALERT = Sample()
TRIPLE = f"{SENDER},TN-IOC-2026-000448,2026-11-22T08:15:00+07:00"


def test_an_alert_becomes_one_record_of_the_layer() -> None:
    (one,) = read(ALERT)
    assert isinstance(one, Found)
    record = normalise(LAYER, one.record, NOW)
    assert (record.external_id, record.revision, record.withdrawn) == (TRIPLE, 1, False)
    assert dict(record.columns) == {"kind": "flood", "severity": "severe", "status": "actual"}
    assert record.properties == {
        "title": "Ngập sâu khu vực Gia Sàng", "event": "Ngập lụt đô thị", "urgency": "immediate",
        "certainty": "observed", "response": "avoid", "description": "Nước sông Cầu lên nhanh.",
        "instruction": "Không đi qua ngầm tràn.", "agency": "IOC Thái Nguyên", "area": "Phường Gia Sàng",
        "cap_id": "TN-IOC-2026-000448",
    }  # fmt: skip
    assert record.geometry is not None and record.geometry.bounds == (105.83, 21.56, 105.86, 21.58)
    assert (record.valid_to or NOW) - (record.valid_from or NOW) == timedelta(hours=12)


def test_the_same_instant_with_another_offset_is_the_same_message() -> None:
    (utc,) = found(ALERT.but(sent="2026-11-22T01:15:00-00:00"))
    assert utc.record["id"] == TRIPLE


def test_cap_1_1_is_read_by_its_namespace_and_may_write_z() -> None:
    old = ALERT.but(namespace="urn:oasis:names:tc:emergency:cap:1.1", sent="2026-11-22T01:15:00Z")
    assert found(old)[0].record["id"] == TRIPLE


class Map:
    """What the ingest use case makes of records: identity, revision, withdrawal. As layers/freshness.py judges."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[int, str]] = {}

    def take(self, sample: Sample) -> None:
        for one in found(sample):
            key, revision = one.record["id"], one.record["revision"]
            if revision > self.rows.get(key, (0, ""))[0]:
                self.rows[key] = (revision, "withdrawn" if one.record.get("withdrawn") else one.record["status"])

    @property
    def shown(self) -> dict[str, str]:
        return {key.split(",")[1]: state for key, (_, state) in self.rows.items() if state != "withdrawn"}


FIRST = ALERT.but(identifier="A")
SECOND = ALERT.but(identifier="B", kind="Update", sent="2026-11-22T08:30:00+07:00", references=FIRST.triple)
# The chain's members are named by some senders, the last one alone by others.
THIRD = ALERT.but(identifier="C", kind="Update", sent="2026-11-22T08:45:00+07:00", references=SECOND.triple)
CALLED_OFF = ALERT.but(
    identifier="D", kind="Cancel", sent="2026-11-22T09:00:00+07:00",
    references=f"{FIRST.triple}\n {SECOND.triple}  {THIRD.triple}",
)  # fmt: skip
ONLY_LAST = CALLED_OFF.but(references=THIRD.triple)


@pytest.mark.parametrize(
    ("chain", "shown"),
    [
        ([FIRST, SECOND], {"B": "actual"}),
        ([FIRST, SECOND, THIRD], {"C": "actual"}),
        ([FIRST, SECOND, THIRD, CALLED_OFF], {"C": "cancelled"}),
        ([FIRST, SECOND, THIRD, ONLY_LAST], {"C": "cancelled"}),
    ],
)
def test_a_chain_ends_in_the_same_state_in_any_order_and_twice(chain: list[Sample], shown: dict[str, str]) -> None:
    for order in (chain, chain[::-1], chain[1:] + chain[:1], chain + chain):
        there = Map()
        for sample in order:
            there.take(sample)
        assert there.shown == shown, [sample.identifier for sample in order]


def test_a_cancelled_alert_ends_when_the_cancel_was_sent() -> None:
    cancelled = next(one.record for one in found(CALLED_OFF) if not one.record.get("withdrawn"))
    assert (cancelled["time"], cancelled["end_time"]) == (THIRD.sent, CALLED_OFF.sent)
    assert cancelled["cap_id"] == "C"


def test_a_cancel_that_says_nothing_takes_the_alerts_off_the_map() -> None:
    assert all(one.record.get("withdrawn") for one in found(CALLED_OFF.but(infos="")))
    assert len(found(CALLED_OFF.but(infos=""))) == 3


def test_what_has_expired_when_it_is_read_says_so_with_a_revision_of_its_own() -> None:
    over = found(ALERT.but(sent="2026-11-20T08:00:00+07:00", effective="2026-11-20T08:00:00+07:00",
                           expires="2026-11-21T08:00:00+07:00"))[0].record  # fmt: skip
    assert (over["status"], over["revision"]) == ("expired", 2)


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_what_is_not_for_real_never_becomes_a_record(status: str) -> None:
    (part,) = read(ALERT.but(status=status))
    assert isinstance(part, Refused)
    assert (part.code, part.policy) == (f"cap_status_{status.lower()}", False)


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (ALERT.but(scope="Restricted"), "cap_scope_not_public"),
        (ALERT.but(scope="Private"), "cap_scope_not_public"),
        (ALERT.but(kind="Ack", references=TRIPLE), "cap_message_answer"),
        (ALERT.but(kind="Cancel"), "cap_references_missing"),
        (ALERT.but(infos=""), "cap_info_missing"),
        (ALERT.but(expires="2026-11-22T08:00:00+07:00"), "cap_times_order"),
        (ALERT.but(area="<areaDesc>Cà Mau</areaDesc><circle>9.18,105.15 20</circle>"), "cap_area_outside"),
    ],
)
def test_what_warns_nobody_here_is_refused(sample: Sample, code: str) -> None:
    assert (found(sample), refused(sample)) == ([], [code])


def ring(text: str) -> Sample:
    return ALERT.but(area=f"<areaDesc>Phường Gia Sàng</areaDesc><polygon>{text}</polygon>")


SWAPPED = " ".join(",".join(reversed(pair.split(","))) for pair in RING.split())


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (ring(SWAPPED), "cap_axes_swapped"),
        (ring(RING.rsplit(" ", 1)[0]), "cap_polygon_open"),
        (ring("21.58,105.83 21.58,105.83 21.58,105.83"), "cap_polygon_open"),
        (ring("21.58,105.83 21.56,105.86 21.58,105.86 21.56,105.83 21.58,105.83"), "cap_polygon_invalid"),
        (ring("21.1,105.2 22.9,105.2 22.9,106.5 21.1,106.5 21.1,105.2"), "cap_area_too_large"),
        (ring("21.58,105.83 21.58,108.86 21.56,105.86 21.58,105.83"), "cap_area_outside"),
        (ring("21.58;105.83 a,b"), "cap_polygon_unreadable"),
        (ALERT.but(area="<areaDesc>x</areaDesc><circle>21.5,105.8 0</circle>"), "cap_circle_radius"),
        (ALERT.but(area="<areaDesc>x</areaDesc><circle>105.8,21.5 2</circle>"), "cap_axes_swapped"),
        (ALERT.but(area="<areaDesc>x</areaDesc><circle>21.5 105.8 2</circle>"), "cap_circle_unreadable"),
    ],
)
def test_a_broken_area_is_told_and_does_not_silence_the_warning(sample: Sample, code: str) -> None:
    if code == "cap_area_outside":
        assert (found(sample), refused(sample)) == ([], [code])
        return
    (one,) = found(sample)
    assert refused(sample) == [code]
    assert "geometry" not in one.record and one.hints.text
    assert normalise(LAYER, one.record, NOW).location_method == "unlocated"


def test_blanks_inside_a_ring_are_tolerated() -> None:
    spaced = RING.replace(",", " ,\n ").replace("21.56", "\t21.56")
    assert found(ring(spaced))[0].record["geometry"] == found(ALERT)[0].record["geometry"]


def test_a_circle_is_a_polygon_of_its_radius_on_the_spheroid() -> None:
    circle = ALERT.but(area="<areaDesc>x</areaDesc><circle>21.57,105.85 5</circle>")
    shape = shapely.geometry.shape(found(circle)[0].record["geometry"])
    assert area_m2(shape) == pytest.approx(3.14159 * 5000**2, rel=0.005)
    assert shape.centroid.distance(shapely.Point(105.85, 21.57)) < 1e-4


def test_several_areas_are_one_shape() -> None:
    far = "<polygon>21.9,105.7 21.9,105.75 21.95,105.75 21.9,105.7</polygon>"
    both = ALERT.but(area=f"<areaDesc>Hai nơi</areaDesc><polygon>{RING}</polygon>{far}")
    assert found(both)[0].record["geometry"]["type"] == "MultiPolygon"


def codes(*codes: str, name: str = "urn:x-vn-gso:commune:2025") -> str:
    return "<areaDesc>Vùng</areaDesc>" + "".join(
        f"<geocode><valueName>{name}</valueName><value> {code} </value></geocode>" for code in codes
    )


def test_one_unit_code_places_the_alert_in_its_unit() -> None:
    record = found(ALERT.but(area=codes("05467")))[0].record
    assert (record["unit_set"], record["unit_code"]) == ("province-2025", "05467")


@pytest.mark.parametrize("area", [codes("05467", "05443"), codes("x", name="FIPS6"), codes("05467" * 9)])
def test_several_units_or_an_unknown_list_wait_for_a_person(area: str) -> None:
    (one,) = found(ALERT.but(area=area))
    assert "unit_code" not in one.record and one.hints.text == "Vùng"


def test_blocks_of_one_language_are_one_record_led_by_the_most_severe() -> None:
    mild, grave = ALERT.but(severity="Minor", expires="2026-11-23T20:15:00+07:00"), ALERT.but(severity="Extreme")
    english = ALERT.info.replace("vi-VN", "en-US").replace("Severe", "Minor")
    (one,) = found(ALERT.but(infos=english + mild.info + grave.info))
    assert (one.record["severity"], one.record["end_time"]) == ("extreme", "2026-11-23T20:15:00+07:00")
    assert found(ALERT.but(infos=english + mild.info), CapOptions(language="en"))[0].record["severity"] == "minor"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "xml_unreadable"),
        (b"<alert", "xml_unreadable"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml_doctype"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "cap_index"),
        (b"<rss version='2.0'><channel/></rss>", "cap_index"),
        (b"<alert xmlns='http://www.incident.com/cap/1.0'/>", "cap_version"),
        (b"<alert/>", "cap_version"),
        (b"<EDXLDistribution>" + ALERT.xml.partition("?>")[2].encode() + b"</EDXLDistribution>", "cap_wrapped"),
        (b"<kml/>", "cap_not_an_alert"),
        (ALERT.but(sent="2026-11-22T08:15:00Z").xml.encode(), "cap_time_zulu"),
        (ALERT.but(sent="2026-11-22T08:15:00").xml.encode(), "cap_time_invalid"),
        (ALERT.but(expires="2026-02-30T08:15:00+07:00").xml.encode(), "cap_time_invalid"),
        (ALERT.but(sent="9999-12-31T23:59:59-14:00").xml.encode(), "cap_time_invalid"),
        (ALERT.but(identifier="a b").xml.encode(), "cap_identity_invalid"),
        (ALERT.but(identifier="").xml.encode(), "cap_element_missing"),
        (b"<a>" + b" " * 5_000_000 + b"</a>", "xml_too_large"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_cap_message_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Rejected) as rejection:
        read(body)
    assert rejection.value.code == code


def test_personal_data_is_gone_before_the_message_is_kept_and_the_sender_stays() -> None:
    contact = "<web>http://a.b</web><contact>Trực ban 0912 345 678</contact>"
    told = ALERT.but(more=contact, event="Gọi 0912 345 678 ngay")
    with_phone = told.xml.replace("Nước sông Cầu lên nhanh.", "Gọi 0912 345 678 hoặc a@b.vn")
    kept = CONNECTOR.redact(Message(with_phone.encode(), NOW)).body.decode()
    assert "0912 345 678 hoặc" not in kept and "a@b.vn" not in kept and "Trực ban" not in kept
    assert SENDER in kept
    assert CONNECTOR.redact(ALERT.message()) == ALERT.message()


_PIECES = st.sampled_from([
    "21.58,105.83", "105.83,21.58", "nan,inf", "1e999,2", "-", "2026-11-22T08:15:00Z", "2026-11-22T08:15:00+07:00",
    "\u202e", "&#0;", "&amp;", "<b/>", "Actual", "Cancel", "Update", "a,b,c", "0", "999999999999 9", "]]>", "vi-VN", "",
])  # fmt: skip
_TEXT = st.lists(_PIECES | st.text(max_size=12), max_size=6).map(" ".join)


@FUZZ
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_become_records_or_a_typed_refusal(body: bytes) -> None:
    assert_typed(CONNECTOR, Message(body, NOW))


@FUZZ
@given(st.dictionaries(st.sampled_from(["identifier", "sent", "status", "kind", "scope", "references", "effective",
                                        "expires", "severity", "event", "area", "more", "infos"]), _TEXT, max_size=4))
def test_any_texts_in_a_message_become_records_or_a_typed_refusal(changed: dict[str, Any]) -> None:
    parts = assert_typed(CONNECTOR, Message(ALERT.but(**changed).xml.encode("utf-8", "replace"), NOW))
    for part in parts:
        if isinstance(part, Found):
            try:
                normalise(LAYER, part.record, NOW)
            except Rejected as rejection:
                assert rejection.code in ("time_in_future", "unit_unknown"), rejection


@FUZZ
@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)) | st.tuples(st.floats(21.4, 22.6),
                st.floats(105.5, 106.2)), max_size=12), st.booleans())
def test_any_ring_is_a_shape_or_a_problem(positions: list[tuple[float, float]], closed: bool) -> None:
    positions = positions + positions[:1] if closed else positions
    text = " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in positions)
    parts = assert_typed(CONNECTOR, ring(text).message())
    shapes = [part.record.get("geometry") for part in parts if isinstance(part, Found)]
    for shape in filter(None, shapes):
        assert shapely.geometry.shape(shape).is_valid
