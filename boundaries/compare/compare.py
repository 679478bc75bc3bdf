# SPDX-License-Identifier: Apache-2.0
"""What changes from one set of units to another.

Units are told apart by their codes, unless the ground says otherwise: official codes are used again for other ground.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from shapely.geometry import MultiPolygon

from boundaries.compare.ground import Redrawn, areas, is_same, moved_m, redraw, spheroid_m2
from boundaries.compare.lineage import SAME_GROUND, Shared, Side, meeting, origins, shared_ground
from boundaries.compare.values import ChangeKind, Comparison, Origin, Totals, UnitChange, UnitShape

_KIND_ORDER: tuple[ChangeKind, ...] = (
    "added", "removed", "renamed", "retyped", "recoded", "reshaped", "split", "merged",
)  # fmt: skip
# A unit goes on as itself when it keeps code, name and half of all ground concerned.
_SAME_UNIT = 0.5


class _Pair(NamedTuple):
    """Positions of the same unit on both sides; None on the side where it is not."""

    before: int | None
    after: int | None


class _Bounds(NamedTuple):
    """Both sides with all that was measured of them."""

    before: Sequence[UnitShape]
    after: Sequence[UnitShape]
    old: Side
    new: Side
    same: frozenset[tuple[int, int]]
    redrawn: dict[tuple[int, int], Redrawn]
    iou: dict[tuple[int, int], float]
    shared: Sequence[Shared]


def compare(before: Sequence[UnitShape], after: Sequence[UnitShape]) -> Comparison:
    """Every unit that is not the same on both sides; codes are unique on each side."""
    sides = _measure(before, after)
    pairs = _paired(sides)
    lineage = origins(sides.shared, [unit.code for unit in before])
    structure = _structure(sides, pairs)
    found = [_change(sides, pair, lineage.get(-1 if pair.after is None else pair.after, ())) for pair in pairs]
    changes = [_with_kinds(change, structure[pair]) for change, pair in zip(found, pairs, strict=True)]
    return Comparison(
        tuple(change for change in changes if change.kinds),
        sum(1 for change in changes if not change.kinds),
        Totals(
            sum(sides.old.area_m2),
            sum(sides.new.area_m2),
            sum(change.won_m2 for change in changes),
            sum(change.lost_m2 for change in changes),
        ),
        {after[position].code: rows for position, rows in sorted(lineage.items())},
    )


def _measure(before: Sequence[UnitShape], after: Sequence[UnitShape]) -> _Bounds:
    old_shapes, new_shapes = (areas([unit.geometry for unit in side]) for side in (before, after))
    position = {unit.code: index for index, unit in enumerate(before)}
    same = [
        (position[unit.code], index)
        for index, unit in enumerate(after)
        if unit.code in position and is_same(old_shapes[position[unit.code]], new_shapes[index])
    ]
    old_areas = [spheroid_m2(shape) for shape in old_shapes]
    known = {other: old_areas[one] for one, other in same}
    new_areas = [known[index] if index in known else spheroid_m2(shape) for index, shape in enumerate(new_shapes)]
    old, new = Side(old_shapes, old_areas), Side(new_shapes, new_areas)
    pairs = meeting(old, new, same)
    own = [(one, other) for one, other in pairs if before[one].code == after[other].code]
    drawn = redraw([(old_shapes[one], new_shapes[other]) for one, other in own])
    redrawn = dict(zip(own, drawn, strict=True))
    shared = [Shared(one, other, 1.0, 1.0) for one, other in same] + shared_ground(old, new, pairs, redrawn)
    iou = {(one.before, one.after): one.iou for one in shared}
    return _Bounds(before, after, old, new, frozenset(same), redrawn, iou, shared)


def _paired(sides: _Bounds) -> list[_Pair]:
    """Each unit once, by code; the units that only exist after come last."""
    code_after = {unit.code: index for index, unit in enumerate(sides.after)}
    partner: dict[int, int] = {}
    for (one, other), iou in sides.iou.items():
        own = code_after.get(sides.before[one].code)
        if iou > SAME_GROUND and own != other and (own is None or sides.iou.get((one, own), 0.0) < _SAME_UNIT):
            partner[one] = other
    taken = set(partner.values())
    for index, unit in enumerate(sides.before):
        own = code_after.get(unit.code)
        if index in partner or own is None or own in taken:
            continue
        if (index, own) in sides.iou or _plain(unit.name) == _plain(sides.after[own].name):
            partner[index] = own
            taken.add(own)
    pairs = [_Pair(index, partner.get(index)) for index in range(len(sides.before))]
    pairs += [_Pair(None, index) for index in range(len(sides.after)) if index not in taken]
    return sorted(pairs, key=lambda pair: (_code(sides, pair), pair.before is None))


def _code(sides: _Bounds, pair: _Pair) -> str:
    if pair.before is not None:
        return sides.before[pair.before].code
    return sides.after[pair.after or 0].code


def _structure(sides: _Bounds, pairs: Sequence[_Pair]) -> dict[_Pair, set[ChangeKind]]:
    """Which units were split and which are merged.

    Ground that passes between two units that both go on as themselves is a border drawn again.
    """
    goes_on = {pair for pair in pairs if _goes_on(sides, pair)}
    still_before, still_after = {pair.before for pair in goes_on}, {pair.after for pair in goes_on}
    moves = [one for one in sides.shared if one.is_origin]
    moved = [
        one
        for one in moves
        if _Pair(one.before, one.after) not in goes_on and not (one.before in still_before and one.after in still_after)
    ]
    into, came = Counter(one.before for one in moves), Counter(one.after for one in moves)
    split, merged = {one.before for one in moved}, {one.after for one in moved}
    found: dict[_Pair, set[ChangeKind]] = {}
    for pair in pairs:
        kinds: set[ChangeKind] = set()
        if pair.before in split and into[pair.before or 0] > 1:
            kinds.add("split")
        if pair.after in merged and came[pair.after or 0] > 1:
            kinds.add("merged")
        found[pair] = kinds
    return found


def _goes_on(sides: _Bounds, pair: _Pair) -> bool:
    if pair.before is None or pair.after is None:
        return False
    one, other = sides.before[pair.before], sides.after[pair.after]
    return _plain(one.name) == _plain(other.name) and sides.iou.get((pair.before, pair.after), 0.0) >= _SAME_UNIT


def _change(sides: _Bounds, pair: _Pair, lineage: tuple[Origin, ...]) -> UnitChange:
    """Everything but the kinds that come from the lineage."""
    if pair.after is None and pair.before is not None:
        unit, m2 = sides.before[pair.before], sides.old.area_m2[pair.before]
        return UnitChange(("removed",), unit.code, None, name_before=unit.name, type_before=unit.type,
                          area_before_m2=m2, lost_m2=m2, lost=_whole(sides.old, pair.before))  # fmt: skip
    if pair.before is None and pair.after is not None:
        unit, m2 = sides.after[pair.after], sides.new.area_m2[pair.after]
        return UnitChange(("added",), None, unit.code, name_after=unit.name, type_after=unit.type, area_after_m2=m2,
                          won_m2=m2, won=_whole(sides.new, pair.after), lineage=lineage)  # fmt: skip
    assert pair.before is not None and pair.after is not None
    one, other = sides.before[pair.before], sides.after[pair.after]
    redrawn = _redrawn(sides, pair.before, pair.after)
    said = (one.name != other.name, one.type != other.type, one.code != other.code, redrawn is not None)
    named: tuple[ChangeKind, ...] = ("renamed", "retyped", "recoded", "reshaped")
    won, lost, distance = redrawn or (None, None, 0.0)
    return UnitChange(
        tuple(kind for kind, is_so in zip(named, said, strict=True) if is_so),
        one.code,
        other.code,
        one.name,
        other.name,
        one.type,
        other.type,
        sides.old.area_m2[pair.before],
        sides.new.area_m2[pair.after],
        0.0 if won is None else spheroid_m2(won),
        0.0 if lost is None else spheroid_m2(lost),
        distance,
        won,
        lost,
        lineage,
    )


def _redrawn(sides: _Bounds, before: int, after: int) -> tuple[MultiPolygon | None, MultiPolygon | None, float] | None:
    if (before, after) in sides.same:
        return None
    one, other = sides.old.shapes[before], sides.new.shapes[after]
    drawn = sides.redrawn.get((before, after)) or redraw([(one, other)])[0]
    won, lost = drawn.won, drawn.lost
    if won.is_empty and lost.is_empty:
        return None
    return (None if won.is_empty else won, None if lost.is_empty else lost, moved_m(one, other, (won, lost)))


def _whole(side: Side, index: int) -> MultiPolygon | None:
    shape: MultiPolygon = side.shapes[index]
    return None if shape.is_empty else shape


def _with_kinds(change: UnitChange, more: set[ChangeKind]) -> UnitChange:
    kinds = {*change.kinds, *more}
    return replace(change, kinds=tuple(kind for kind in _KIND_ORDER if kind in kinds))


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
