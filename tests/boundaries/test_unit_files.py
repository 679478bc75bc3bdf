# SPDX-License-Identifier: Apache-2.0
"""A pushed set is published whole or refused with the first thing that is wrong."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.errors import UnitSetInvalid
from boundaries.unit_files import UnitSetFile, read_unit_set
from tests.boundaries.unit_samples import CITY, PROVINCE


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The city with one thing changed."""
    body = copy.deepcopy(CITY)
    change(body)
    return body


def with_feature(**members: Any) -> dict[str, Any]:
    return changed(lambda body: body["features"][3].update(members))


def with_property(**members: Any) -> dict[str, Any]:
    return changed(lambda body: body["features"][3]["properties"].update(members))


def with_predecessors(value: Any) -> dict[str, Any]:
    return with_property(predecessors=value)


def with_member(**members: Any) -> dict[str, Any]:
    return changed(lambda body: body["unit_set"].update(members))


def polygon(*positions: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(positions)]}


_ONE = {"set": "city-2017", "code": "05431", "share": 1.0}
INVALID = {
    "no object": [1],
    "no collection": {"type": "Feature"},
    "no unit_set": {"type": "FeatureCollection", "features": CITY["features"]},
    "no features": changed(lambda body: body.update(features=[])),
    "features as object": changed(lambda body: body.update(features={})),
    "a set id with blanks": with_member(id="city 2017"),
    "no title": with_member(title={"vi": "Thành phố"}),
    "no start": with_member(valid_from=None),
    "an end before the start": with_member(valid_to="2000-01-01"),
    "a date that does not exist": with_member(valid_from="2025-02-30"),
    "a date as number": with_member(valid_from=20250701),
    "a code twice": with_property(code=CITY["features"][0]["properties"]["code"]),
    "no code": with_property(code=None),
    "NUL in a code": with_property(code="0\0"),
    "half a surrogate pair in a name": with_property(name="a\ud800"),
    "half a surrogate pair in what we do not read": with_property(note="a\ud800"),
    "a number over 64 bits": with_property(note=2**70),
    "no geometry": with_feature(geometry=None),
    "a point": with_feature(geometry={"type": "Point", "coordinates": [105.8, 21.6]}),
    "a text as geometry": with_feature(geometry="POLYGON EMPTY"),
    "a type that is a number": with_feature(geometry={"type": 5, "coordinates": []}),
    "no coordinates": with_feature(geometry={"type": "Polygon"}),
    "a bow-tie": with_feature(geometry=polygon([105, 21], [106, 22], [106, 21], [105, 22], [105, 21])),
    "swapped": with_feature(geometry=polygon([21, 105], [22, 105], [22, 106], [21, 105])),
    "half of it far away": with_feature(geometry=polygon([105.8, 21.5], [1e300, 21.5], [106, 22], [105.8, 21.5])),
    "NaN": with_feature(geometry=polygon([105.8, 21.5], [float("nan"), 21.5], [106, 22], [105.8, 21.5])),
    "a huge whole number": with_feature(geometry=polygon([105.8, 21.5], [10**400, 21.5], [106, 22], [105.8, 21.5])),
    "predecessors as object": with_predecessors({"a": 1}),
    "a share of zero": with_predecessors([_ONE | {"share": 0}]),
    "a share over one": with_predecessors([_ONE | {"share": 1.5}]),
    "a share that is NaN": with_predecessors([_ONE | {"share": float("nan")}]),
    "a share as text": with_predecessors([_ONE | {"share": "1"}]),
    "a predecessor twice": with_predecessors([_ONE, _ONE]),
    "a predecessor with NUL": with_predecessors([_ONE | {"code": "\0"}]),
}  # fmt: skip


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_what_cannot_be_published_is_refused(body: Any) -> None:
    with pytest.raises(UnitSetInvalid):
        read_unit_set(body)


def test_the_index_of_the_feature_is_named() -> None:
    with pytest.raises(UnitSetInvalid) as caught:
        read_unit_set(with_property(name=""))
    assert caught.value.facts == {"index": 3}


@pytest.mark.parametrize(("body", "count"), [(CITY, 32), (PROVINCE, 92)], ids=["city", "province"])
def test_both_generations_can_be_read(body: Any, count: int) -> None:
    units = read_unit_set(body)
    assert len(units.units) == count
    assert all(row.geometry.contains(row.geometry.representative_point()) and row.area_m2 > 0 for row in units.units)


def test_the_order_of_members_is_no_change_and_a_name_is() -> None:
    turned = {**CITY, "unit_set": dict(reversed(CITY["unit_set"].items()))}
    assert read_unit_set(turned).content_hash == read_unit_set(CITY).content_hash
    assert read_unit_set(with_property(name="Khác")).content_hash != read_unit_set(CITY).content_hash


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([10**400, "Polygon"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "vi", "a"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(
    place=st.sampled_from(["unit_set", "features", "geometry", "properties", "predecessors", "code", "valid_from"]),
    value=_JSON,
)
def test_any_json_is_a_set_or_is_refused(place: str, value: Any) -> None:
    feature = copy.deepcopy(CITY["features"][0])
    body = {"type": "FeatureCollection", "unit_set": dict(CITY["unit_set"]), "features": [feature]}
    holder = body if place in body else feature if place in feature else feature["properties"]
    holder[place] = value
    try:
        assert isinstance(read_unit_set(body), UnitSetFile)
    except UnitSetInvalid as refused:
        assert refused.detail.encode()
