# SPDX-License-Identifier: Apache-2.0
"""FHIR messages: facilities and counts come in, people do not, and nothing of them is kept."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Refused
from layers.connectors.fhir import CONNECTOR
from layers.connectors.fhir_options import FhirOptions
from layers.errors import Rejected
from tests.layers.connectors.fhir_samples import (
    FACILITY_SYSTEM,
    LOCATION,
    MEASURE,
    ORGANIZATION,
    PATIENT,
    SECRET,
    SERVICE,
    bundle,
    report,
)
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
OPTIONS = FhirOptions(measures={MEASURE: "vaccinations"}, unit_systems={"urn:gso": "province-2025"})


def message(resource: Any) -> Message:
    return Message(orjson.dumps(resource), NOW, "application/fhir+json")


def read(resource: Any, options: FhirOptions = OPTIONS) -> list[Found | Refused]:
    return list(CONNECTOR.parse(CONNECTOR.redact(message(resource)), options))


def record(resource: Any, options: FhirOptions = OPTIONS) -> dict[str, Any]:
    (found,) = read(resource, options)
    assert isinstance(found, Found), found
    return dict(found.record)


def code(resource: Any, options: FhirOptions = OPTIONS) -> str:
    (refused,) = read(resource, options)
    assert isinstance(refused, Refused), refused
    return refused.code


def test_a_location_is_a_clinic_with_the_name_of_who_runs_it_and_what_it_offers() -> None:
    expected = {
        "id": "19012",
        "name": "Trạm y tế phường Phan Đình Phùng",
        "kind": "clinic",
        "status": "active",
        "lon": 105.844,
        "lat": 21.593,
        "address": "Đường Thí Dụ, Thái Nguyên",
        "facility_code": "19012",
        "managed_by": "Trung tâm y tế khu vực 1",
        "services": "Tiêm chủng mở rộng",
    }
    for kind in ("transaction", "batch", "collection", "searchset"):
        assert record(bundle(LOCATION, ORGANIZATION, SERVICE, kind=kind)) == expected


def test_an_organization_alone_is_a_clinic_that_asks_for_the_place_of_its_code() -> None:
    (found,) = read(ORGANIZATION)
    assert isinstance(found, Found)
    assert (found.record["id"], found.hints.asset) == ("19012", ("clinics", "19012"))


def test_what_is_closed_leaves_the_map() -> None:
    assert record({**LOCATION, "status": "inactive"}) == {"id": "19012", "withdrawn": True}
    assert record({**ORGANIZATION, "active": False}) == {"id": "19012", "withdrawn": True}
    gone = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {
        "method": "DELETE", "url": f"Location?identifier={FACILITY_SYSTEM}|19012"}}]}  # fmt: skip
    assert record(gone) == {"id": "19012", "withdrawn": True}
    by_id = {"resourceType": "Bundle", "entry": [{"request": {"method": "DELETE", "url": "Location/a"}}]}
    assert code(by_id) == "delete_unclear"
    assert record(by_id, FhirOptions(identity="id")) == {"id": "a", "withdrawn": True}


@pytest.mark.parametrize(
    "more",
    [
        {"physicalType": {"coding": [{"code": "wa"}]}},
        {"partOf": {"reference": "Location/x"}},
        {"mode": "kind"},
        {"id": "commune-gso2025-05467"},
    ],
)
def test_rooms_areas_and_communes_are_no_clinics(more: dict[str, Any]) -> None:
    assert read({**LOCATION, **more}) == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": [{"coding": [{"code": "HOSP"}]}]}, "hospital"),
        ({"type": [{"coding": [{"code": "PHARM"}]}]}, "pharmacy"),
        ({"type": [], "name": "Bệnh viện A"}, "hospital"),
        ({"type": [], "name": "Quầy thuốc số 1"}, "pharmacy"),
        ({"type": [], "name": "Cơ sở 7"}, "clinic"),
    ],
)
def test_the_kind_of_a_clinic_comes_from_code_or_words(more: dict[str, Any], kind: str) -> None:
    assert record({**LOCATION, **more})["kind"] == kind


def test_a_location_without_a_position_says_in_words_where_it_is() -> None:
    ward = {"url": "https://example.vn/StructureDefinition/vn-core-ext-ward",
            "valueCoding": {"display": "Phường Phan Đình Phùng"}}  # fmt: skip
    here = {name: value for name, value in LOCATION.items() if name != "position"}
    (found,) = read({**here, "address": {"text": "tổ 3", "extension": [ward]}})
    assert isinstance(found, Found)
    assert "lon" not in found.record
    assert (found.hints.unit_name, found.hints.text) == ("Phường Phan Đình Phùng", "tổ 3")


def test_a_summary_is_the_value_of_a_commune_in_a_month() -> None:
    (found,) = read(report())
    assert isinstance(found, Found) and found.layer == "vaccinations"
    assert found.record == {
        "unit_code": "05467",
        "unit_set": "province-2025",
        "period": "2026-10",
        "numerator": 41,
        "denominator": 52,
    }


@pytest.mark.parametrize(
    ("period", "spelt"),
    [
        ({"start": "2026-10-01T00:00:00+07:00", "end": "2026-10-31T23:59:59+07:00"}, "2026-10"),
        ({"start": "2026-09-30T17:00:00Z", "end": "2026-10-31T17:00:00Z"}, "2026-10"),
        ({"start": "2026-10", "end": "2026-10"}, "2026-10"),
        ({"start": "2026", "end": "2026"}, "2026"),
        ({"start": "2026-10-05", "end": "2026-10-11"}, "2026-10-05/2026-10-12"),
    ],
)
def test_the_end_of_a_period_is_its_last_day(period: dict[str, str], spelt: str) -> None:
    assert record(report(period=period))["period"] == spelt


def test_the_subject_is_a_commune_by_reference_or_identifier() -> None:
    identifier = {"system": "urn:gso", "value": "05467"}
    place = {"resourceType": "Location", "id": "c", "identifier": [identifier],
             "physicalType": {"coding": [{"code": "jdn"}]}}  # fmt: skip
    told = [
        record(report(subject={"reference": "https://syt.example/fhir/Location/commune-gso2025-05467"})),
        record(report(subject={"identifier": identifier})),
        record(bundle(report(subject={"reference": "Location/c"}), place)),
    ]
    assert {one["unit_code"] for one in told} == {"05467"}
    assert code(report(subject={"reference": "Location/loc-19012-1"})) == "subject_not_a_unit"


def test_groups_of_one_report_are_layers_of_their_own() -> None:
    group = {"code": {"coding": [{"code": "ehr"}]}, "measureScore": {"value": 0.934, "unit": "1"}}
    options = FhirOptions(measures={f"{MEASURE}#ehr": "health_records"})
    assert record(report(group=[{"code": {"text": "other"}}, group]), options)["value"] == 93.4


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"status": "pending"}, "measure_not_complete"),
        ({"measure": "urn:other"}, "measure_unknown"),
        ({"group": []}, "measure_without_value"),
        ({"group": [{"measureScore": {"value": 0.9}}]}, "measure_unit_wrong"),
        ({"period": {"start": "2026-10-31", "end": "2026-10-01"}}, "period_invalid"),
        ({"nonsense": 1, "period": "x"}, "resource_invalid"),
        ({"type": "individual"}, "patient_level_refused"),
        ({"type": "subject-list"}, "patient_level_refused"),
        ({"subject": {"reference": "Patient/079099000001"}}, "patient_level_refused"),
        ({"subject": {"type": "Patient", "display": SECRET}}, "patient_level_refused"),
    ],
)
def test_what_is_no_value_is_refused_by_name(more: dict[str, Any], refused: str) -> None:
    assert code(report(**more)) == refused


@pytest.mark.parametrize("kind", ["Patient", "Immunization", "Encounter", "Observation", "Condition", "Practitioner",
                                  "QuestionnaireResponse", "Basic", "Binary", "Unheard"])  # fmt: skip
def test_resources_about_people_are_refused_and_counted_and_not_kept(kind: str) -> None:
    secret = {**PATIENT, "resourceType": kind}
    sent = bundle(LOCATION, secret, report(type="individual", subject={"display": SECRET}))
    kept = CONNECTOR.redact(message(sent)).body.decode()
    assert SECRET not in kept and "079099000001" not in kept and f'"{kind}"' in kept
    found = read(sent)
    assert [type(one).__name__ for one in found] == ["Found", "Refused", "Refused"]
    for one in found[1:]:
        assert isinstance(one, Refused)
        assert (one.code, one.policy, one.record) == ("patient_level_refused", True, None)


def test_narrative_contacts_and_contained_resources_are_not_kept() -> None:
    kept = CONNECTOR.redact(message(bundle(LOCATION, ORGANIZATION))).body.decode()
    assert SECRET not in kept and "0208" not in kept and "contained" not in kept
    again = CONNECTOR.redact(CONNECTOR.redact(message(bundle(LOCATION, PATIENT, report(3, 52)))))
    assert again == CONNECTOR.redact(message(bundle(LOCATION, PATIENT, report(3, 52))))


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 52), (10, 11), (3, 7), (0, 40)])
def test_counts_of_too_few_are_masked_before_they_are_kept(numerator: int, denominator: int) -> None:
    kept = CONNECTOR.redact(message(report(numerator, denominator)))
    group = orjson.loads(kept.body)["group"][0]
    assert "count" not in group["population"][0] and "value" not in group["measureScore"]
    assert record(report(numerator, denominator))["value"] is None
    Bundle.model_validate(bundle(orjson.loads(kept.body)))


def test_a_transaction_with_a_refused_entry_brings_nothing_and_a_batch_the_rest() -> None:
    assert [type(one) for one in read(bundle(LOCATION, PATIENT, kind="transaction"))] == [Refused]
    assert [type(one) for one in read(bundle(LOCATION, PATIENT, kind="batch"))] == [Found, Refused]


def test_definitions_are_not_taken_and_about_nobody() -> None:
    (refused,) = read({"resourceType": "Measure", "status": "active"})
    assert isinstance(refused, Refused) and (refused.code, refused.policy) == ("resource_type_not_taken", False)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "json_invalid"),
        (b"<Patient xmlns='http://hl7.org/fhir'/>", "media_type_unsupported"),
        (b'{"name": "x"}', "resource_invalid"),
        (b'{"resourceType":"Bundle","entry":{}}', None),
        (b'{"resourceType":"Bundle","entry":7}', "bundle_invalid"),
        (b"[" * 100_000, "json_invalid"),
    ],
)
def test_what_is_no_fhir_says_why_and_nothing_of_it_is_kept(body: bytes, problem: str | None) -> None:
    kept = CONNECTOR.redact(Message(body + b" ", NOW))
    if problem is None:
        assert list(CONNECTOR.parse(kept, OPTIONS)) == []
        return
    with pytest.raises(Rejected) as raised:
        list(CONNECTOR.parse(kept, OPTIONS))
    assert raised.value.code == problem
    assert b"Patient" not in kept.body and b'"sha256"' in kept.body


_WORDS = st.sampled_from(
    "resourceType type entry resource request method url id meta identifier system value status position longitude "
    "latitude managingOrganization reference subject period start end group population code coding count measure name "
    "measureScore address line extension physicalType location text display unit partOf active _count".split()
)
_VALUES = (
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(["Location", "Bundle", "MeasureReport", "Organization", "HealthcareService", "Patient", "summary",
                       "complete", MEASURE, "2026-10-01", "Location/commune-gso2025-05467", "numerator", "denominator",
                       "transaction", "DELETE", "inactive", "%", "1"])
)  # fmt: skip
_ANY = st.recursive(
    _VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=7), max_leaves=25
)
_KINDS = ["Bundle", "Location", "Organization", "HealthcareService", "MeasureReport", "Patient"]


@FUZZ
@given(st.binary(max_size=100) | st.builds(
    lambda kind, members: orjson.dumps({**members, "resourceType": kind}),
    st.sampled_from(_KINDS), st.dictionaries(_WORDS, _ANY, max_size=8)))  # fmt: skip
def test_any_bytes_are_records_or_typed_refusals(body: bytes) -> None:
    assert_typed(CONNECTOR, Message(body, NOW), OPTIONS)


@FUZZ
@given(st.sampled_from([LOCATION, ORGANIZATION, SERVICE, report()]), _WORDS, _ANY)
def test_any_member_of_a_valid_resource_may_be_nonsense(resource: dict[str, Any], name: str, value: Any) -> None:
    assert_typed(CONNECTOR, message(bundle({**resource, name: value}, {**LOCATION, name: value}, report())), OPTIONS)
