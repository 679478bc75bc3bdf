# SPDX-License-Identifier: Apache-2.0
"""From committed changes to what a stream shows: features to put, ids to take away, layers to reload."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array

from geo.bbox import BBox
from geo.db.change_log import Change
from geo.db.functions import text_literal
from geo.db.pool import Database
from geo.db.statement import Statement
from layers.cql2.stored import row_of_feature
from layers.registry import LayerRegistry
from layers.sql import feature_json
from layers.tables import feature
from layers.visibility import Visibility
from layers.where_sql import is_layer

# Above this a layer is quicker reloaded than patched.
MAX_DELTAS = 2_000


class Found(NamedTuple):
    """A changed feature as it is now: GeoJSON text, and the units in which it lies."""

    text: str
    units: list[int]


class Features(NamedTuple):
    """Changed features by (layer, id), and the layers of which too many changed to read."""

    found: Mapping[tuple[str, int], Found]
    unread: frozenset[str]


@dataclass(frozen=True)
class Window:
    """What a stream shows: some layers, in a box (``None``: everywhere), of what its reader may see.

    ``matchers`` are the filter for each layer: a change that no longer matches leaves the stream.
    """

    layers: frozenset[str]
    bbox: BBox | None
    visibility: Visibility
    matchers: Mapping[str, Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)

    def matches(self, layer: str, found: "Found") -> bool:
        """Whether the filter selects the feature as it is now."""
        matcher = self.matchers.get(layer)
        return matcher is None or matcher(row_of_feature(orjson.loads(found.text)))


@dataclass
class LayerDelta:
    """What happened to one layer; ``upserts`` are GeoJSON texts.

    ``changes`` are all that this tells of, also those between the first and the last state of a feature: each made
    tiles stale. ``None`` where the reader must not learn the places.
    """

    layer: str
    upserts: list[str] = field(default_factory=list)
    removes: list[int] = field(default_factory=list)
    bulk: bool = False
    changes: list[Change] | None = field(default_factory=list)

    def as_json(self, more: str = "") -> str:
        """The member of a frame, built from ready texts; ``more`` are further members with a comma before them."""
        removes = ",".join(str(feature_id) for feature_id in self.removes)
        return (
            f'{{"layer":"{self.layer}","upserts":[{",".join(self.upserts)}],'
            f'"removes":[{removes}],"bulk":{"true" if self.bulk else "false"}{more}}}'
        )

    def tell(self, changes: Iterable[Change]) -> None:
        """These changes are among those told of."""
        if self.changes is not None:
            self.changes.extend(changes)


class FeatureReader:
    """Reads changed features as they are now; statements are compiled once per layer."""

    def __init__(self, registry: LayerRegistry) -> None:
        self._statements = {
            spec.id: Statement(
                select(
                    feature.c.id,
                    feature_json(spec).label("json"),
                    func.coalesce(
                        func.units_of(text_literal(spec.id), feature.c.id), cast(array([]), ARRAY(BigInteger))
                    ).label("units"),
                ).where(
                    is_layer(feature.c.layer, spec),
                    feature.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
                )
            )
            for spec in registry.values()
            if spec.store == "feature"
        }

    async def read(self, database: Database, changes: Iterable[Change]) -> Features:
        """The GeoJSON of every feature that these changes name and that still exists."""
        wanted: dict[str, set[int]] = {}
        for change in changes:
            if change.feature is not None and change.op != "delete" and change.layer in self._statements:
                wanted.setdefault(change.layer, set()).add(change.feature)
        unread = frozenset(layer for layer, ids in wanted.items() if len(ids) > MAX_DELTAS)
        found: dict[tuple[str, int], Found] = {}
        for layer, ids in wanted.items():
            if layer not in unread:
                for row in await database.fetch(self._statements[layer], ids=sorted(ids)):
                    found[layer, row["id"]] = Found(row["json"], row["units"])
        return Features(found, unread)


def deltas_of(changes: Iterable[Change], features: Features, window: Window) -> list[LayerDelta]:
    """Net effect of changes on a stream.

    Args:
        changes: in order.
        features: the changed features as they are now (``FeatureReader.read``).
        window: what the stream shows.
    """
    of_features: dict[tuple[str, int], list[Change]] = {}
    deltas: dict[str, LayerDelta] = {}
    for change in changes:
        if change.layer not in window.layers:
            continue
        delta = deltas.setdefault(change.layer, LayerDelta(change.layer))
        if change.feature is None or change.layer in features.unread:
            delta.bulk = True
            delta.tell([change])
            if window.visibility.units is not None:
                delta.changes = None
        else:
            key = (change.layer, change.feature)
            # Taken out and put back: in the order of their last changes.
            of_features[key] = [*of_features.pop(key, ()), change]
    for (layer, feature_id), trail in of_features.items():
        _tell(deltas[layer], trail, features.found.get((layer, feature_id)), window)
    for delta in deltas.values():
        if len(delta.upserts) + len(delta.removes) > MAX_DELTAS:
            delta.bulk, delta.upserts, delta.removes = True, [], []
    return [delta for delta in deltas.values() if delta.bulk or delta.upserts or delta.removes]


def _tell(delta: LayerDelta, trail: list[Change], now: Found | None, window: Window) -> None:
    """What the changes of one feature mean for the stream: it is put, taken away, or was never of its concern."""
    change = trail[0]
    for later in trail[1:]:
        change = _joined(change, later)
    # Deleted last: an earlier page may still have read it.
    found = None if change.op == "delete" else now
    seen = found is not None and window.visibility.sees_units(found.units)
    shown = found is not None and seen and _meets(change.new_box, window.bbox)
    assert change.feature is not None
    if found is not None and shown and window.matches(delta.layer, found):
        delta.upserts.append(found.text)
        delta.tell(_visible(trail, window, seen=True))
    elif shown and change.op == "insert":
        return  # it never matched, so it never was in the stream
    elif (seen or window.visibility.sees_units(change.old_units or ())) and (
        _meets(change.old_box, window.bbox) or _meets(change.new_box, window.bbox)
    ):
        delta.removes.append(change.feature)
        delta.tell(_visible(trail, window, seen=seen))


def _joined(first: Change, second: Change) -> Change:
    """Two changes of one feature as one: from the first's old place to the second's new place."""
    units = [*(first.old_units or ()), *(second.old_units or ())]
    return replace(second, old_box=first.old_box or second.old_box, old_units=units)


def _visible(trail: list[Change], window: Window, *, seen: bool) -> list[Change]:
    """The changes with those of their places that the reader may see.

    Where a change led to is where the next one began, whose units are known; of the last one, ``seen`` says.
    """
    if window.visibility.units is None:
        return trail
    sees = window.visibility.sees_units
    places = [
        replace(change, old_box=change.old_box if sees(change.old_units or ()) else None, new_box=None)
        for change in trail
    ]
    if seen:
        places[-1] = replace(places[-1], new_box=trail[-1].new_box)
    return places


def _meets(box: list[float] | None, bbox: BBox | None) -> bool:
    if bbox is None:
        return True
    if box is None:
        return False
    west, south, east, north = box
    return any(
        west <= half.east and east >= half.west and south <= half.north and north >= half.south for half in bbox.split()
    )
