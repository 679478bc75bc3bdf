# SPDX-License-Identifier: Apache-2.0
"""GeoReport v2 read: lists and forms become incidents, people are gone, and no bytes break it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Refused
from layers.connectors.open311 import CONNECTOR, STATUSES, Open311Options, moment_of, status_of
from layers.connectors.open311_deadlines import deadline
from layers.connectors.open311_services import SERVICES, service_of
from layers.errors import Rejected
from layers.records import normalise
from layers.registry import discover
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
INCIDENTS = discover()["incidents"]
FULL: dict[str, Any] = {
    "service_request_id": 638344,
    "status": "closed",
    "status_notes": "Đã vá xong",
    "service_name": "Ổ gà",
    "service_code": "001",
    "description": "Ổ gà sâu, gọi 0900 000 001",
    "agency_responsible": "UBND phường Gia Sàng",
    "service_notice": None,
    "requested_datetime": "2026-11-20T06:37:38+07:00",
    "updated_datetime": "2026-11-21T06:37:38+07:00",
    "expected_datetime": "2026-11-24T17:00:00+07:00",
    "address": "Đối diện chợ Đồng Quang",
    "address_id": 545483,
    "zipcode": "24000",
    "lat": 21.58231,
    "long": 105.82771,
    "media_url": "https://anh.example.vn/638344.jpg ",
    "first_name": "Tên-Giả",
    "email": "gia@example.vn",
}


def message(body: Any, content_type: str = "application/json", name: str = "requests.json") -> Message:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Message(raw, NOW, content_type, name)


def read(body: Any, content_type: str = "application/json", **options: Any) -> list[Found | Refused]:
    """Redacted and read, as the road does; every record is one that the layer takes."""
    clean = CONNECTOR.redact(message(body, content_type))
    parts = list(CONNECTOR.parse(clean, Open311Options(**options)))
    for part in parts:
        if isinstance(part, Found):
            normalise(INCIDENTS, unplaced(part.record), NOW)
    return parts


def unplaced(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its coordinates, which the ladder judges first."""
    return {name: value for name, value in record.items() if name not in ("lon", "lat")}


def record(body: Any, content_type: str = "application/json", **options: Any) -> dict[str, Any]:
    (part,) = read(body, content_type, **options)
    assert isinstance(part, Found), part
    return dict(part.record)


def xml(request: dict[str, Any]) -> bytes:
    inner = "".join(f"<{k}>{'' if v is None else v}</{k}>" for k, v in request.items())
    head = "<?xml version='1.0' encoding='utf-8'?>"
    return f"{head}<service_requests><request>{inner}</request></service_requests>".encode()


def test_a_request_is_an_incident_and_xml_says_the_same() -> None:
    expected = {
        "id": "638344",
        "revision": 1795217858000,
        "time": "2026-11-19T23:37:38+00:00",
        "title": "Ổ gà",
        "kind": "traffic",
        "severity": "medium",
        "status": "resolved",
        "source_status": "closed",
        "status_notes": "Đã vá xong",
        "service_code": "001",
        "description": "Ổ gà sâu, gọi [đã xoá]",
        "agency": "UBND phường Gia Sàng",
        "address": "Đối diện chợ Đồng Quang",
        "media_url": "https://anh.example.vn/638344.jpg",
        "sla_due": "2026-11-24T10:00:00+00:00",
        "channel": "app",
        "lat": 21.58231,
        "lon": 105.82771,
    }
    assert record([FULL], services={"001": "giao_thong.o_ga"}) == expected
    assert record(xml(FULL), "text/xml", services={"001": "giao_thong.o_ga"}) == expected


def test_every_way_to_wrap_a_list_is_read() -> None:
    wrapped = {"service_requests": [FULL]}, {"service_requests": {"request": [FULL]}}, {"requests": [FULL]}
    for body in ([FULL], FULL, *wrapped):
        assert record(body)["id"] == "638344"


def test_xml_of_one_request_and_of_none() -> None:
    one = "".join(f"<{k}>{v}</{k}>" for k, v in FULL.items() if v is not None)
    assert record(f"<request>{one}</request>".encode(), "text/html")["id"] == "638344"
    assert read(b"<service_requests/>", "text/xml") == [] == read([])
    wide = ("\ufeff" + xml(FULL).decode().replace("utf-8", "utf-16")).encode("utf-16-le")
    assert record(wide, "text/xml")["id"] == "638344"


def test_what_is_said_about_the_place_goes_to_the_ladder() -> None:
    (part,) = read([FULL | {"lat": None, "long": "x"}])
    assert isinstance(part, Found) and not {"lon", "lat"} & set(part.record)
    assert part.hints.text == "Đối diện chợ Đồng Quang\nỔ gà sâu, gọi [đã xoá]"
    (zero,) = read([FULL | {"lat": "0,0", "long": "0"}])
    assert isinstance(zero, Found) and (zero.record["lon"], zero.record["lat"]) == (0.0, 0.0)
    assert record([FULL | {"lat": "21,58", "long": "105.8", "x_location_precision_m": 30}])["location_radius_m"] == 30


def test_nothing_about_people_survives_redaction() -> None:
    personal = {
        "first_name": "Tên-Giả", "Last_Name": "Họ-Giả", "email": "gia@example.vn", "phone": "0900000001",
        "device_id": "máy-giả", "account_id": "tk-giả", "api_key": "tck_giả", "description": "0900000001",
        "note": "viết cho gia@example.vn",
    }  # fmt: skip
    words = ("-Giả", "gia@", "0900", "máy-giả", "tk-giả", "tck_giả")
    as_xml = xml(FULL | personal).replace(b"<request>", b'<request email="gia@example.vn">')
    form = b"service_code=khac&description=0900000001&email=gia%40example.vn&first_name=T-Gi%E1%BA%A3&api_key=tck"
    as_json = orjson.dumps([FULL | personal])
    for body, content_type in (
        (as_json, "application/json"),
        (orjson.dumps({"service_requests": {"request": [FULL | personal]}}), "application/json"),
        (as_xml, "text/xml"),
        (as_xml[:-20], "text/xml"),
        (as_json[:-1], "application/json"),
    ):
        text = CONNECTOR.redact(message(body, content_type)).body.decode()
        assert "638344" in text
        for word in words:
            assert word not in text, (word, text)
    kept = CONNECTOR.redact(message(form, "application/x-www-form-urlencoded")).body
    assert kept == b"service_code=khac&description=%5B%C4%91%C3%A3+xo%C3%A1%5D"


def test_a_posted_form_is_a_first_revision_with_its_deadline() -> None:
    body = b"service_code=giao_thong.tai_nan&address_string=Ng%C3%A3+t%C6%B0&lat=21.5&long=105.8&api_key=x"
    posted = message(body, "application/x-www-form-urlencoded; charset=utf-8", "PA-1")
    (part,) = CONNECTOR.parse(CONNECTOR.redact(posted), Open311Options(channel="web"))
    assert isinstance(part, Found)
    assert dict(part.record) == {
        "id": "PA-1", "revision": 1, "time": "2026-11-23T02:00:00+00:00", "title": "Tai nạn giao thông",
        "kind": "traffic", "severity": "high", "status": "new", "service_code": "giao_thong.tai_nan",
        "address": "Ngã tư", "channel": "web", "lat": 21.5, "lon": 105.8, "sla_due": "2026-11-23T13:00:00+07:00",
    }  # fmt: skip
    (nameless,) = CONNECTOR.parse(message(body, "application/x-www-form-urlencoded", ""), Open311Options())
    assert isinstance(nameless, Refused) and nameless.code == "id_missing"


@pytest.mark.parametrize(
    ("status", "more", "own", "expected"),
    [
        ("open", "", {}, "new"),
        ("closed", "", {}, "resolved"),
        ("open", "assigned", {}, "assigned"),
        ("closed", "duplicate", {}, "rejected"),
        ("closed", "in_progress", {}, "resolved"),
        ("open", "resolved", {}, "new"),
        ("open", "reopened", {}, "in_progress"),
        ("dang_xu_ly", "", {"dang_xu_ly": "in_progress"}, "in_progress"),
        ("pending", "", {}, None),
        ("", "", {}, None),
    ],
)
def test_the_standards_word_wins_over_the_other(
    status: str, more: str, own: dict[str, Any], expected: str | None
) -> None:
    assert status_of(status, more, own) == expected


def test_times_without_an_offset_are_those_of_vietnam() -> None:
    for text in ("2026-11-20T06:37:38", "2026-11-20 06:37:38", "20/11/2026 06:37:38", "2026-11-19T23:37:38Z",
                 "2026-11-20T06:37:38+0700", "2026-11-19T23:37:38.000z"):  # fmt: skip
        assert moment_of(text) == datetime(2026, 11, 19, 23, 37, 38, tzinfo=UTC), text
    edges = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    no_times: list[Any] = ["", "hôm qua", "99/99/2026 10:00", *edges, None, 5, []]
    for value in no_times:
        assert moment_of(value) is None


def test_a_part_that_is_none_is_refused_and_the_others_are_read() -> None:
    parts = read([
        FULL, 7, None, {"token": "x"}, FULL | {"requested_datetime": "sớm", "updated_datetime": None},
        FULL | {"service_request_id": "b", "requested_datetime": None},
    ])  # fmt: skip
    codes = [part.code if isinstance(part, Refused) else part.record["id"] for part in parts]
    assert codes == ["638344", "record_invalid", "record_invalid", "id_missing", "time_missing", "b"]
    timeless = parts[4]
    assert isinstance(timeless, Refused) and "description" not in timeless.record


def test_without_a_trusted_update_time_there_is_no_revision() -> None:
    assert "revision" not in record([FULL | {"updated_datetime": None}])
    assert "revision" not in record([FULL], counts_updates=False)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/json", "format_unknown"),
        (b"hello", "text/plain", "format_unknown"),
        (b"[{]", "application/json", "body_not_json"),
        (b"[" * 2000, "application/json", "body_not_json"),
        (b"<a><b>", "text/xml", "body_not_xml"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///x'>]><a><b><c>&x;</c></b></a>", "text/xml", "xml_dtd_refused"),
        (b"a=%ff", "application/x-www-form-urlencoded", "form_invalid"),
        (orjson.dumps([{"code": 403, "description": "Invalid api_key"}]), "application/json", "endpoint_error"),
        (b"<errors><error><code>1</code><description>no</description></error></errors>", "text/xml", "endpoint_error"),
        (b"[" + b" " * 5_000_001 + b"]", "application/json", "message_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_that_is_none_is_rejected(body: bytes, content_type: str, code: str) -> None:
    with pytest.raises(Rejected) as rejection:
        read(body, content_type)
    assert rejection.value.code == code


def test_services_have_two_levels_and_stable_codes() -> None:
    assert len(SERVICES) == 71 and len({one.group for one in SERVICES.values()}) == 15
    for code, one in SERVICES.items():
        assert code == one.code and one.group in SERVICES and code.partition(".")[0] == one.group
        assert one.kind in INCIDENTS.field("kind").values and one.severity in INCIDENTS.field("severity").values
        assert 0 < one.answer_h <= one.solve_h
    assert service_of("giao_thong.moi") == SERVICES["giao_thong"] and service_of("033") is None
    assert set(STATUSES.values()) == INCIDENTS.field("status").values
    with pytest.raises(ValueError, match="there is no service"):
        Open311Options(services={"1": "nothing"})


@pytest.mark.parametrize(
    ("start", "hours", "by_the_clock", "due"),
    [
        ("2026-11-23T09:00:00+07:00", 4, False, "2026-11-23T14:30:00+07:00"),  # over lunch
        ("2026-11-23T09:00:00+07:00", 8, False, "2026-11-24T09:00:00+07:00"),
        ("2026-11-27T16:00:00+07:00", 2, False, "2026-11-30T08:30:00+07:00"),  # Friday to Monday
        ("2026-11-28T10:00:00+07:00", 1, False, "2026-11-30T08:30:00+07:00"),  # on a Saturday
        ("2026-09-01T16:00:00+07:00", 2, False, "2026-09-03T08:30:00+07:00"),  # National Day
        ("2026-11-23T23:00:00+07:00", 0.5, True, "2026-11-23T23:30:00+07:00"),
        ("2026-11-23T10:00:00+00:00", 8, False, "2026-11-24T17:00:00+07:00"),  # exactly at closing time
    ],
)
def test_deadlines_count_the_hours_that_offices_work(start: str, hours: float, by_the_clock: bool, due: str) -> None:
    assert deadline(datetime.fromisoformat(start), hours, by_the_clock=by_the_clock).isoformat() == due


_VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(), st.text(max_size=30), st.just([]),
    st.sampled_from(["open", "closed", "2026-11-20T06:37:38", "21.5", "105.8", "0", "1e400", "https://a.vn", {"a": 1}]),
)  # fmt: skip
_MEMBER = st.sampled_from([*FULL, "x_status", "x_sla_due", "x_location_precision_m", "token"])
_TYPES = st.sampled_from(["application/json", "text/xml", "application/x-www-form-urlencoded", "", "text/html; x"])


@FUZZ
@given(st.binary(max_size=400), _TYPES, st.text(max_size=20))
def test_any_bytes_are_a_record_or_a_typed_rejection(body: bytes, content_type: str, name: str) -> None:
    assert_typed(CONNECTOR, Message(body, NOW, content_type, name))


@FUZZ
@given(st.dictionaries(_MEMBER, _VALUE, max_size=8))
def test_any_values_of_known_members_are_taken_or_refused(changed: dict[str, Any]) -> None:
    body = json.dumps([FULL | changed]).encode()  # lone surrogates and NaN included: no JSON, but sent
    for part in assert_typed(CONNECTOR, Message(body, NOW, "application/json", "x")):
        if isinstance(part, Found):
            try:
                normalise(INCIDENTS, unplaced(part.record), NOW)
            except Rejected as rejection:
                assert rejection.code.startswith("time_"), rejection.code


@FUZZ
@given(st.binary(max_size=60), st.integers(0, 400), st.booleans())
def test_any_damage_to_an_answer_is_a_record_or_a_typed_rejection(damage: bytes, place: int, cut: bool) -> None:
    for whole, content_type in ((xml(FULL), "text/xml"), (orjson.dumps([FULL]), "application/json")):
        body = whole[:place] + damage + (b"" if cut else whole[place + len(damage) :])
        assert_typed(CONNECTOR, Message(body, NOW, content_type, "x"))
