# SPDX-License-Identifier: Apache-2.0
"""The net effect of changes on a stream that shows some layers in a box. Pure."""

from dataclasses import replace
from typing import Any

import pytest

from geo.bbox import BBox, parse_bbox
from geo.db.change_log import Change
from layers.deltas import MAX_DELTAS, Features, Found, LayerDelta, Window, deltas_of
from layers.visibility import Visibility

BOX = parse_bbox("105,21,106,22")
IN, OUT = [105.5, 21.5, 105.5, 21.5], [107.0, 21.5, 107.0, 21.5]
SHOWN = frozenset({"incidents"})


def change(op: str, feature: int | None = 1, old: Any = None, new: Any = None, **more: Any) -> Change:
    return Change(1, more.get("layer", "incidents"), op, feature, 1, old, new, more.get("old_units"), 1, None)


def sees(*units: int) -> Visibility:
    return Visibility(SHOWN, frozenset(), units or None)


EVERYWHERE = sees()


def effect(
    *changes: Change,
    exist: tuple[int, ...] = (1,),
    bbox: BBox | None = BOX,
    units: tuple[int, ...] = (),
    who: Visibility = EVERYWHERE,
) -> list[LayerDelta]:
    found = {("incidents", number): Found(f'{{"id":{number}}}', list(units)) for number in exist}
    told = deltas_of(changes, Features(found, frozenset()), Window(SHOWN, bbox, who))
    return [replace(delta, changes=[]) for delta in told]


UPSERT = [LayerDelta("incidents", upserts=['{"id":1}'])]
REMOVE = [LayerDelta("incidents", removes=[1])]


@pytest.mark.parametrize(("changes", "expected"), [
    ([change("insert", new=IN)], UPSERT),
    ([change("insert", new=OUT)], []),
    ([change("update", old=IN, new=IN)], UPSERT),
    ([change("update", old=OUT, new=IN)], UPSERT),
    ([change("update", old=IN, new=OUT)], REMOVE),
    ([change("update", old=IN, new=None)], REMOVE),
    ([change("update", old=OUT, new=OUT)], []),
    ([change("delete", old=IN)], REMOVE),
    ([change("delete", old=OUT)], []),
    ([change("update", old=IN, new=OUT), change("delete", old=OUT)], REMOVE),
    ([change("update", old=IN, new=OUT), change("update", old=OUT, new=IN)], UPSERT),
    ([change("delete", old=IN), change("insert", new=IN)], UPSERT),
    ([change("insert", new=IN, layer="alerts")], []),
    ([change("bulk", None)], [LayerDelta("incidents", bulk=True)]),
], ids=lambda value: "-".join(one.op if isinstance(one, Change) else "" for one in value))  # fmt: skip
def test_what_a_stream_with_a_box_is_told(changes: list[Change], expected: list[LayerDelta]) -> None:
    assert effect(*changes) == expected


def test_a_deleted_feature_is_removed_even_if_an_earlier_page_had_read_it() -> None:
    assert effect(change("update", old=IN, new=IN), change("delete", old=IN)) == REMOVE


def test_without_a_box_everything_is_shown_also_what_has_no_place() -> None:
    assert effect(change("insert"), bbox=None) == UPSERT


def test_too_many_deltas_become_one_reload() -> None:
    ids = range(1, MAX_DELTAS + 2)
    changes = [change("insert", number, new=IN) for number in ids]
    assert effect(*changes, exist=tuple(ids)) == [LayerDelta("incidents", bulk=True)]


def test_features_that_were_not_read_are_reloaded_and_never_removed() -> None:
    changes = [change("update", 1, IN, IN), change("update", 2, OUT, OUT)]
    unread = Features({}, frozenset({"incidents"}))
    assert deltas_of(changes, unread, Window(SHOWN, BOX, sees())) == [
        LayerDelta("incidents", bulk=True, changes=changes)
    ]


@pytest.mark.parametrize(("before", "now", "expected"), [
    (None, [7], UPSERT),
    (None, [8], []),
    ([7], [8], REMOVE),
    ([8], [7], UPSERT),
    ([8], [9], []),
    ([7], [7], UPSERT),
    ([8], [], []),
    ([7], [], REMOVE),
])  # fmt: skip
def test_who_sees_one_unit_is_told_of_it_alone_and_that_a_feature_left(
    before: list[int] | None, now: list[int], expected: list[LayerDelta]
) -> None:
    moved = change("update" if before else "insert", old=IN if before else None, new=IN, old_units=before)
    assert effect(moved, units=tuple(now), who=sees(7), bbox=None) == expected


def test_a_deletion_elsewhere_is_not_told() -> None:
    gone = change("delete", old=IN, old_units=[8])
    assert effect(gone, exist=(), who=sees(7), bbox=None) == []
    assert effect(gone, exist=(), who=sees(8), bbox=None) == REMOVE


def places(*changes: Change, units: tuple[int, ...] = (), who: Visibility = EVERYWHERE) -> Any:
    found = {("incidents", 1): Found('{"id":1}', list(units))}
    (told,) = deltas_of(changes, Features(found, frozenset()), Window(SHOWN, None, who))
    return None if told.changes is None else [box for one in told.changes for box in (one.old_box, one.new_box) if box]


def test_every_place_on_the_way_is_told() -> None:
    between = [105.7, 21.5, 105.7, 21.5]
    moved = [change("update", old=IN, new=between), change("update", old=between, new=OUT)]
    assert places(*moved) == [IN, between, between, OUT]


def test_places_outside_an_area_are_not_told() -> None:
    assert places(change("update", old=IN, new=OUT, old_units=[7]), units=(8,), who=sees(7)) == [IN]
    assert places(change("update", old=OUT, new=IN, old_units=[8]), units=(7,), who=sees(7)) == [IN]
    around = [change("update", old=IN, new=OUT, old_units=[7]), change("update", old=OUT, new=IN, old_units=[8])]
    assert places(*around, units=(7,), who=sees(7)) == [IN, IN]


def test_where_many_changed_is_told_to_who_sees_everything() -> None:
    bulk = change("bulk", None, new=IN)
    assert places(bulk) == [IN]
    assert places(bulk, who=sees(7)) is None
