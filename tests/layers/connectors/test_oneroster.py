# SPDX-License-Identifier: Apache-2.0
"""OneRoster messages: schools come in, people do not, and nothing of them is kept."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Refused
from layers.connectors.oneroster import CONNECTOR, OneRosterOptions
from layers.errors import Rejected
from simulators.oneroster import NOBODY, orgs, package
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SCHOOL: dict[str, Any] = {
    "sourcedId": "org-1", "status": "active", "dateLastModified": "2026-09-05T02:00:00Z", "name": "Trường mầm non A",
    "type": "school", "identifier": "19001-MN", "parent": {"sourcedId": "so", "type": "org"},
    "metadata": {"x_pupils": 812, "address": "Phường Phan Đình Phùng", "headTeacher": NOBODY},
}  # fmt: skip


def message(body: Any) -> Message:
    return Message(body if isinstance(body, bytes) else orjson.dumps(body), NOW)


def read(body: Any, options: OneRosterOptions | None = None) -> list[Found | Refused]:
    return list(CONNECTOR.parse(CONNECTOR.redact(message(body)), options or OneRosterOptions()))


def test_a_school_is_known_by_its_code_and_stands_where_a_register_has_it() -> None:
    for body in ({"orgs": [SCHOOL]}, {"org": SCHOOL}):
        (found,) = read(body)
        assert isinstance(found, Found)
        assert found.record == {
            "id": "19001-MN", "name": "Trường mầm non A", "kind": "kindergarten", "pupils": 812,
            "address": "Phường Phan Đình Phùng",
        }  # fmt: skip
        assert found.hints.asset == ("schools", "19001-MN")
    (other,) = read({"orgs": [SCHOOL]}, OneRosterOptions(identity="sourcedId"))
    assert isinstance(other, Found) and other.record["id"] == "org-1"


def test_a_school_that_is_deleted_leaves_and_a_district_never_comes() -> None:
    gone, district = {**SCHOOL, "status": "tobedeleted"}, {**SCHOOL, "type": "district"}
    (found,) = read({"orgs": [gone, district]})
    assert isinstance(found, Found) and found.record == {"id": "19001-MN", "withdrawn": True}


def test_people_are_refused_and_counted_and_not_kept() -> None:
    sent = {"orgs": [SCHOOL], "users": [{"givenName": NOBODY}], "demographics": [{"birthDate": "2015-01-01"}]}
    kept = CONNECTOR.redact(message(sent)).body
    assert NOBODY.encode() not in kept and b"2015" not in kept
    found = read(sent)
    assert [one.code for one in found if isinstance(one, Refused)] == ["person_level_refused"] * 2
    assert all(one.record is None and one.policy for one in found if isinstance(one, Refused))
    (alone,) = read({"enrollments": [{"user": NOBODY}]})
    assert isinstance(alone, Refused)
    assert CONNECTOR.redact(CONNECTOR.redact(message(sent))) == CONNECTOR.redact(message(sent))


def test_a_package_brings_its_schools_and_not_its_users() -> None:
    listed = orgs("test")
    body = package(listed)
    assert NOBODY.encode() in zipfile.ZipFile(io.BytesIO(body)).read("users.csv")
    assert NOBODY.encode() not in CONNECTOR.redact(message(body)).body
    found = read(body)
    assert [one.detail.split("'")[1] for one in found if isinstance(one, Refused)] == ["users.csv"]
    by_rest = [one.record for one in read({"orgs": listed}) if isinstance(one, Found)]
    assert [one.record for one in found if isinstance(one, Found)] == by_rest and len(by_rest) == 276


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json_invalid"),
        (b"[]", "json_invalid"),
        (b"{}", "orgs_missing"),
        (b"PK\x03\x04 broken", "file_unsafe"),
        (b'{"orgs": {}}', "orgs_missing"),
    ],
)
def test_what_is_no_oneroster_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Rejected) as raised:
        read(body)
    assert raised.value.code == code


def test_a_wrong_school_is_refused_and_stops_no_other() -> None:
    found = read({"orgs": [{**SCHOOL, "name": None}, 7, {**SCHOOL, "sourcedId": None, "identifier": None}, SCHOOL]})
    assert [one.code if isinstance(one, Refused) else "found" for one in found] == [
        "field_missing", "record_invalid", "id_missing", "found",
    ]  # fmt: skip


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**9) | st.floats(allow_nan=False) | st.text(max_size=6)
    | st.sampled_from(["school", "active", "tobedeleted"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["orgs", "org", "users", "type", "identifier", "sourcedId", "name", "status", "metadata", "x_pupils", "refused",
         "unreadable", "address"]), inner, max_size=7),
    max_leaves=25,
)  # fmt: skip


@FUZZ
@given(
    st.binary(max_size=80) | st.binary(max_size=80).map(lambda tail: b"PK\x03\x04" + tail) | _VALUES.map(orjson.dumps)
)
def test_any_bytes_are_schools_or_typed_refusals(body: bytes) -> None:
    assert_typed(CONNECTOR, message(body))


@FUZZ
@given(st.integers(0, 10**9), st.integers(0, 255))
def test_a_damaged_package_is_schools_or_a_typed_refusal(position: int, value: int) -> None:
    data = bytearray(_PACKAGE)
    data[position % len(data)] = value
    assert_typed(CONNECTOR, message(bytes(data)))


_PACKAGE = package(orgs("test")[:3])
