# SPDX-License-Identifier: Apache-2.0
"""From what a source pushed to a normalised record: a record or a reason, nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hexgrid import cell_of
from layers.errors import Rejected
from layers.records import NormalisedRecord, external_id_of, normalise
from layers.registry import discover
from tests.layers.ingest_samples import BAD, Bad, alert_with, incident, ring

LAYERS = discover()
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
INCIDENTS, ALERTS = LAYERS["incidents"], LAYERS["alerts"]

_NAMES = st.sampled_from(
    "id revision lon lat time end_time unit_code unit_set location_radius_m withdrawn geometry type properties title "
    "kind severity status description coordinates geometries beds aqi".split()
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from([
        10**400, -(10**30), 105.84, 21.59, "2026-11-20T08:00:00Z", "0001-01-01T00:00:00+14:00", "Feature", "Point",
        "Polygon", "LineString", "MultiPolygon", "GeometryCollection", "traffic", "05443", "\ud800", "a\0b",
    ])
)  # fmt: skip
_JSON = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(_NAMES | st.text(max_size=5), inner, max_size=6)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["Point", "Polygon", "LineString", "MultiPoint"]), "coordinates": inner}
        )
    ),
    max_leaves=25,
)
# Good records of which a few members are anything at all: they get past the first checks.
_ALMOST_GOOD = st.dictionaries(_NAMES, _JSON, max_size=3).map(lambda changes: {**incident(), **changes})


@settings(max_examples=300, deadline=None)
@given(raw=_JSON | _ALMOST_GOOD, layer=st.sampled_from(["incidents", "alerts", "clinics", "sensors"]))
def test_any_json_is_a_record_or_is_refused(raw: Any, layer: str) -> None:
    try:
        record = normalise(LAYERS[layer], raw, NOW)
    except Rejected as rejection:
        assert rejection.code.replace("_", "").isalpha()
        assert rejection.detail.encode()  # can be answered and stored
        assert "\0" not in rejection.detail
        return
    assert isinstance(record, NormalisedRecord)
    assert record.external_id == external_id_of(raw)
    if record.geometry is not None:
        assert record.geometry.is_valid and not record.geometry.is_empty


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_record_is_refused_with_its_code(bad: Bad) -> None:
    with pytest.raises(Rejected) as caught:
        normalise(LAYERS[bad.layer], bad.record, NOW)
    assert caught.value.code == bad.code


def test_a_record_and_the_same_feature_of_geojson_are_one_content() -> None:
    flat = incident()
    properties = {name: value for name, value in flat.items() if name not in ("id", "lon", "lat")}
    geometry = {"type": "Point", "coordinates": [flat["lon"], flat["lat"]]}
    feature = {"type": "Feature", "id": "i-1", "geometry": geometry, "properties": properties}
    assert normalise(INCIDENTS, flat, NOW).content_hash == normalise(INCIDENTS, feature, NOW).content_hash


def test_the_order_of_members_does_not_change_the_content() -> None:
    turned = dict(reversed(incident().items()))
    assert normalise(INCIDENTS, turned, NOW).content_hash == normalise(INCIDENTS, incident(), NOW).content_hash


@pytest.mark.parametrize("change", [
    {"title": "Khác"}, {"severity": "high"}, {"lon": 105.8441}, {"location_radius_m": 5},
    {"time": "2026-11-20T08:00:01+07:00"}, {"end_time": "2026-11-21T08:00:00Z"},
])  # fmt: skip
def test_every_member_is_part_of_the_content(change: dict[str, Any]) -> None:
    assert (
        normalise(INCIDENTS, incident(**change), NOW).content_hash != normalise(INCIDENTS, incident(), NOW).content_hash
    )


def test_the_revision_is_no_part_of_the_content() -> None:
    first, second = (normalise(INCIDENTS, incident(revision=number), NOW) for number in (1, 2))
    assert first.content_hash == second.content_hash


def test_what_has_no_coordinates_is_unlocated() -> None:
    record = normalise(INCIDENTS, incident(lon=None, lat=None), NOW)
    assert (record.geometry, record.h3, record.location_method) == (None, None, "unlocated")


def test_coordinates_are_worth_more_than_a_unit() -> None:
    record = normalise(INCIDENTS, incident(unit_code="05443"), NOW)
    assert (record.unit, record.location_method) == (None, "source_coordinates")


def test_a_point_has_its_cell_and_a_shape_has_none() -> None:
    assert normalise(INCIDENTS, incident(), NOW).h3 == cell_of(105.8440, 21.5930)
    square = ring([105.8, 21.5], [105.8, 21.6], [105.9, 21.6], [105.9, 21.5], [105.8, 21.5])
    assert normalise(ALERTS, alert_with(square), NOW).h3 is None


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_outer_rings_turn_counter_clockwise(kind: str) -> None:
    clockwise = [[[105.8, 21.5], [105.8, 21.6], [105.9, 21.6], [105.9, 21.5], [105.8, 21.5]]]
    coordinates = clockwise if kind == "Polygon" else [clockwise]
    geometry = normalise(ALERTS, alert_with({"type": kind, "coordinates": coordinates}), NOW).geometry
    assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(geometry))


def test_a_whole_number_is_an_id() -> None:
    assert normalise(INCIDENTS, incident(7), NOW).external_id == "7"  # type: ignore[arg-type]


def test_a_withdrawal_needs_nothing_but_the_id() -> None:
    record = normalise(INCIDENTS, {"id": "i-1", "withdrawn": True, "revision": 4}, NOW)
    assert (record.external_id, record.withdrawn, record.revision) == ("i-1", True, 4)


def test_a_time_up_to_a_day_ahead_is_a_clock_that_is_wrong_and_taken() -> None:
    assert normalise(INCIDENTS, incident(time="2026-11-23T07:00:00Z"), NOW).valid_from is not None


def test_what_was_stored_by_an_earlier_version_is_still_the_same_content() -> None:
    """The hash is compared with stored ones: another way to compute it would make everything pushed again a change."""
    point = normalise(INCIDENTS, incident(), NOW)
    assert point.content_hash.hex() == "b556bf92913fc4fd66ccc451e01aa751"
    assert point.geometry == shapely.Point(105.8440, 21.5930)
