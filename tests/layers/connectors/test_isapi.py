# SPDX-License-Identifier: Apache-2.0
"""Posts of traffic cameras: what becomes a detection, and that no plate and no picture is ever kept."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalog.detections import LAYER
from layers.connectors.base import Found, Message, Refused
from layers.connectors.isapi import CONNECTOR, IsapiOptions, ViolationKind
from layers.connectors.violation_codes import KINDS, kind_of
from layers.errors import Rejected
from layers.records import normalise
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PLATE = "20A-999.99"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4 + b"--no-boundary\r\n" + PLATE.encode() + b"\xff\xd9"
ALERT = f"""<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
 <ipAddress>10.20.7.31</ipAddress><macAddress>44:19:B6:00:5E:31</macAddress><channelID>1</channelID>
 <dateTime>2026-11-22T07:31:05+07:00</dateTime><activePostCount>1</activePostCount>
 <eventType>ANPR</eventType><eventState>active</eventState><UUID>7f3c1a52-31-000991</UUID>
 <ANPR><licensePlate>{PLATE}</licensePlate><originalLicensePlate>{PLATE}</originalLicensePlate>
  <confidenceLevel>93</confidenceLevel><line>2</line><direction>forward</direction><vehicleType>motorbike</vehicleType>
  <pictureInfoList><pictureInfo><fileName>{PLATE}.jpg</fileName><plateRect/></pictureInfo></pictureInfoList>
  <illegalInfo><illegalCode>1625</illegalCode><illegalName>runRedLight</illegalName></illegalInfo></ANPR>
</EventNotificationAlert>"""


def message(body: str | bytes, content_type: str = "application/xml") -> Message:
    return Message(body.encode() if isinstance(body, str) else body, NOW, content_type)


def parts_of(body: str | bytes, content_type: str = "application/xml", **options: Any) -> list[Found | Refused]:
    clean = CONNECTOR.redact(message(body, content_type))
    assert PLATE.encode() not in clean.body and b"\xff\xd8" not in clean.body
    assert CONNECTOR.redact(clean) == clean
    return list(CONNECTOR.parse(clean, IsapiOptions(**options)))


def found_in(body: str | bytes, content_type: str = "application/xml", **options: Any) -> dict[str, Any]:
    (found,) = parts_of(body, content_type, **options)
    assert isinstance(found, Found) and found.layer == "detections"
    normalise(LAYER, found.record, NOW)
    asset = None if found.hints.asset is None else found.hints.asset[1]
    return {**found.record, "asset": asset}


def multipart(*parts: tuple[str, bytes], line: bytes = b"\r\n", boundary: str = "boundary", end: bool = True) -> bytes:
    pieces = [
        line.join((b"--" + boundary.encode(), *(one.encode() for one in headers.split("|") if one), b"", content))
        for headers, content in parts
    ]
    return line.join([*pieces, *([b"--" + boundary.encode() + b"--", b""] if end else [])])


XML_PART = ('Content-Disposition: form-data; name="anpr.xml"|Content-Type: text/xml', ALERT.encode())
PICTURES = [(f'Content-Disposition: form-data; name="p{n}.jpg"|Content-Type: image/jpeg', JPEG) for n in range(3)]


def test_an_alert_becomes_a_detection_at_its_camera() -> None:
    assert found_in(ALERT) == {
        "id": "44:19:b6:00:5e:31:" + sha256(b"7f3c1a52-31-000991").hexdigest()[:32],
        "time": "2026-11-22T07:31:05+07:00",
        "kind": "red_light",
        "status": "new",
        "camera": "44:19:B6:00:5E:31",
        "asset": "44:19:B6:00:5E:31",
    }


@pytest.mark.parametrize(
    "key", ["44:19:b6:00:5e:31", "44:19:B6:00:5E:31/1", "10.20.7.31", "10.20.7.31/1", "1"]
)  # fmt: skip
def test_options_say_which_camera_of_the_register_a_device_is(key: str) -> None:
    found = found_in(ALERT, cameras={key: "CAM-05467-01"})
    assert found["camera"] == found["asset"] == "CAM-05467-01"


def test_a_device_that_was_given_the_registers_id_needs_no_options() -> None:
    given_id = "<deviceID>CAM-05467-01</deviceID><serialNumber>X1</serialNumber><channelID>"
    assert found_in(ALERT.replace("<channelID>", given_id))["asset"] == "CAM-05467-01"
    assert found_in(ALERT.replace("<channelID>1", given_id + "2"))["asset"] == "CAM-05467-01/2"
    assert found_in(ALERT.replace("<macAddress>44:19:B6:00:5E:31", "<macAddress>"))["asset"] == "10.20.7.31"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (multipart(XML_PART, *PICTURES), "multipart/form-data; boundary=boundary"),
        (multipart(XML_PART, *PICTURES), 'multipart/form-data; charset=utf-8; boundary="boundary"'),
        (multipart(*PICTURES[:1], XML_PART), "multipart/form-data; boundary=boundary"),
        (multipart(XML_PART, PICTURES[0], line=b"\n"), "multipart/form-data; boundary=boundary"),
        (multipart(XML_PART, PICTURES[0], end=False), "multipart/form-data; boundary=boundary"),
        (multipart(XML_PART, PICTURES[0]), "multipart/form-data; boundary=another"),
        (multipart(XML_PART, PICTURES[0]), "multipart/form-data; boundary=--boundary"),
        (multipart(XML_PART, PICTURES[0]), "multipart/form-data"),
        (multipart(XML_PART, PICTURES[0]), "application/octet-stream"),
        (multipart(("", ALERT.encode()), ("", JPEG)), "multipart/mixed; boundary=boundary"),
        (multipart(XML_PART, PICTURES[0], boundary="-----x.1+2"), "multipart/form-data; boundary=-----x.1+2"),
        (b"preamble\r\n" + multipart(XML_PART, PICTURES[0]), "multipart/form-data; boundary=boundary"),
        (JPEG + ALERT.encode() + JPEG, "multipart/form-data; boundary=lost"),
        (b"\xef\xbb\xbf" + ALERT.encode(), "text/xml"),
        (ALERT.replace("<", "<h:", 2).replace("<h:?", "<?"), "text/xml"),
        (ALERT[: ALERT.index("</ANPR>")], "text/xml"),
    ],
)
def test_irregular_posts_are_read_and_pictures_dropped(body: bytes, content_type: str) -> None:
    assert found_in(body, content_type)["kind"] == "red_light"


def test_alerts_that_come_together_are_told_apart() -> None:
    second = ALERT.replace("000991", "000992").replace("1625", "1301").replace("runRedLight", "")
    found = parts_of(multipart(XML_PART, (XML_PART[0], second.encode())), "multipart/mixed; boundary=boundary")
    assert [one.record["kind"] for one in found if isinstance(one, Found)] == ["red_light", "wrong_way"]
    two = ALERT.replace("</ANPR>", "<illegalInfo><illegalCode>1240</illegalCode></illegalInfo></ANPR>")
    ids = [one.record["id"] for one in parts_of(two) if isinstance(one, Found)]
    assert [one.rpartition(":")[2] for one in ids] == ["red_light", "no_helmet"]


@pytest.mark.parametrize(
    "change",
    [
        ("<eventType>ANPR<", "<eventType>videoloss<"),
        (">active<", ">inactive<"),
        ("<illegalCode>1625</illegalCode><illegalName>runRedLight</illegalName>", ""),
        ("<illegalCode>1625</illegalCode><illegalName>runRedLight</illegalName>", "<illegalCode>0</illegalCode>"),
    ],
)
def test_heartbeats_and_plates_without_a_violation_are_nothing(change: tuple[str, str]) -> None:
    assert parts_of(ALERT.replace(*change)) == []


def test_an_alert_that_ends_too_early_is_no_silent_nothing() -> None:
    (part,) = parts_of(ALERT[: ALERT.index("<illegalInfo>")])
    assert isinstance(part, Refused) and part.code == "event_incomplete"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-11-22T07:31:05Z", "2026-11-22T07:31:05+00:00"),
        ("2026-11-22T07:31:05", "2026-11-22T07:31:05+07:00"),
        ("2026-11-22 07:31:05.250", "2026-11-22T07:31:05.250000+07:00"),
        ("20261122T073105+0700", "2026-11-22T07:31:05+07:00"),
        ("2026-1-2T7:31:5+7", "2026-01-02T07:31:05+07:00"),
        ("", "time_invalid"),
        ("2026-13-22T07:31:05", "time_invalid"),
        ("2026-11-22T07:31:05+99:00", "time_invalid"),
        ("1970-01-01T00:00:05Z", "clock_wrong"),
    ],
)
def test_the_cameras_clock_is_read_as_it_is_written(said: str, expected: str) -> None:
    (part,) = parts_of(ALERT.replace("2026-11-22T07:31:05+07:00", said))
    assert (part.code if isinstance(part, Refused) else part.record["time"]) == expected


def test_without_a_number_of_its_own_an_event_is_known_by_its_facts() -> None:
    bare = ALERT.replace("7f3c1a52-31-000991", "00000000-0000-0000-0000-000000000000")
    first, again = found_in(bare), found_in(bare.replace("<activePostCount>1", "<activePostCount>2"))
    assert first == again and len(first["id"]) == 32
    others = [("05+07:00", "06+07:00"), ("<line>2", "<line>3"), ("1625", "1345"), ("00:5E:31", "00:5E:32")]
    ids = {found_in(bare.replace("runRedLight", "").replace(*change))["id"] for change in others}
    assert len(ids | {first["id"]}) == 5


def test_a_proper_uuid_is_kept_and_any_other_as_a_hash() -> None:
    proper = "0C5E4A1E-8F2B-4C3D-9E1F-AABBCCDDEEFF"
    assert found_in(ALERT.replace("7f3c1a52-31-000991", proper))["id"].endswith(proper.lower())
    of_plate = [found_in(ALERT.replace("7f3c1a52-31-000991", PLATE))["id"] for _ in range(2)]
    assert of_plate[0] == of_plate[1] and PLATE not in of_plate[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("channelID", PLATE), ("line", "20A99999"), ("illegalCode", PLATE), ("illegalName", f"runRedLight{PLATE}"),
        ("illegalName", f"Xe{PLATE}"), ("eventType", PLATE), ("ipAddress", PLATE), ("macAddress", PLATE),
        ("dateTime", f"2026-11-22T07:31:05{PLATE}"), ("deviceID", f"x{PLATE}"), ("serialNumber", "DS20A-99999"),
        ("UUID", f"abc{PLATE}"), ("vehicleType", f"motorb{PLATE}"), ("channelName", PLATE),
    ],
)  # fmt: skip
def test_an_element_of_another_shape_may_be_anything_and_is_dropped(name: str, text: str) -> None:
    forged = ALERT.replace("</EventNotificationAlert>", f"<{name}>{text}</{name}></EventNotificationAlert>")
    body = CONNECTOR.redact(message(forged)).body
    assert b"999.99" not in body and b"99999" not in body


@pytest.mark.parametrize("body", [b"", b"hello", JPEG, b"{}", b"<html/>", b"<EventNotificationAlert", b"\x00" * 99])
def test_of_what_cannot_be_read_only_length_and_hash_are_kept(body: bytes) -> None:
    clean = CONNECTOR.redact(message(body))
    assert clean.body.startswith(f'<unreadable bytes="{len(body)}" sha256="'.encode()) and len(clean.body) < 150
    with pytest.raises(Rejected) as refused:
        list(CONNECTOR.parse(clean, IsapiOptions()))
    assert refused.value.code == "event_unreadable"


@pytest.mark.parametrize(
    "forged",
    [
        f"<alerts><EventNotificationAlert><licensePlate>{PLATE}</licensePlate></EventNotificationAlert></alerts>",
        f'<unreadable bytes="1" sha256="{PLATE}"/>',
        f'<unreadable bytes="1" sha256="{"0" * 64}">{PLATE}<a/></unreadable>',
        f"<alerts>{PLATE}</alerts>",
        f"<alerts><EventNotificationAlert>{PLATE}<UUID>1</UUID></EventNotificationAlert></alerts>",
        f'<alerts><EventNotificationAlert><UUID a="{PLATE}">1</UUID></EventNotificationAlert></alerts>',
        f"<alerts><EventNotificationAlert><lane>{PLATE}</lane></EventNotificationAlert></alerts>",
        f"<alerts><!-- {PLATE} --></alerts>",
    ],
)
def test_our_own_form_from_a_stranger_is_read_like_any_other(forged: str) -> None:
    assert PLATE.encode() not in CONNECTOR.redact(message(forged)).body


def test_entities_are_not_resolved_and_nothing_is_fetched() -> None:
    evil = ALERT.replace("<EventNotif", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><EventNotif', 1)
    clean = CONNECTOR.redact(message(evil.replace("7f3c1a52-31-000991", "&a;")))
    assert b"UUID" not in clean.body


def test_many_openings_without_an_end_cost_no_more_than_their_length() -> None:
    body = b"\xff\xd8" + b"<EventNotificationAlert " * 200_000
    assert CONNECTOR.redact(message(body)).body.startswith(b"<unreadable")


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("1625", "", "red_light"), ("", "Vượt đèn đỏ", "red_light"), ("", "Đi ngược chiều", "wrong_way"),
        ("", "Không đội mũ bảo hiểm", "no_helmet"), ("", "Quá tốc độ quy định", "speeding"),
        ("", "Dừng, đỗ sai quy định", "illegal_stop"), ("", "wrong_lane", "wrong_lane"), ("", "overSpeed", "speeding"),
        ("9999", "something new", "other"), ("0", "", None), ("", "none", None), ("77", "", "phone_use"),
    ],
)  # fmt: skip
def test_vendors_words_become_ours(code: str, name: str, kind: str | None) -> None:
    assert kind_of(code, name, {"77": "phone_use"}) == kind


def test_our_words_are_those_of_the_layer() -> None:
    assert {*KINDS} == {*LAYER.field("kind").values} == {*get_args(ViolationKind)}


@FUZZ
@given(st.binary(max_size=400), st.sampled_from(["application/xml", "multipart/form-data; boundary=b", "x"]))
def test_any_bytes_become_typed_parts(body: bytes, content_type: str) -> None:
    assert_typed(CONNECTOR, message(body, content_type))


@FUZZ
@given(st.data())
def test_any_damage_to_a_post_becomes_typed_parts_without_the_plate(data: st.DataObject) -> None:
    whole = multipart(XML_PART, PICTURES[0])
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    damaged = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    one = message(damaged, "multipart/form-data; boundary=boundary")
    for part in assert_typed(CONNECTOR, one):
        assert PLATE not in str(part)
    assert b"999.99" not in CONNECTOR.redact(one).body
    assert_typed(CONNECTOR, replace(one, content_type="application/xml"))
