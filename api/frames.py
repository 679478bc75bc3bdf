# SPDX-License-Identifier: Apache-2.0
"""What one live stream shows, and changes in its words. Pure."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from geo.db.change_log import Change
from layers.deltas import FeatureReader, Features, LayerDelta, Window, deltas_of
from tiles.stale import tiles_touched


@dataclass(frozen=True)
class StreamQuery:
    """What a stream shows, and the last event that the client has.

    ``zooms``: those at which the client draws tiles; it is told which of them became stale. Streams of one ``key`` show
    the same to readers with the same rights.
    """

    key: str
    window: Window
    zooms: tuple[int, ...]
    reader: FeatureReader
    last_event_id: str | None
    may_go_on: Callable[[], Awaitable[bool]]


def members_of(changes: Iterable[Change], features: Features, query: StreamQuery) -> str:
    """The members of a frame's list of changes, with commas between them; empty when the stream shows none of it."""
    deltas = deltas_of(changes, features, query.window)
    return ",".join(delta.as_json(_stale(delta, query.zooms)) for delta in deltas)


def _stale(delta: LayerDelta, zooms: tuple[int, ...]) -> str:
    if not zooms:
        return ""
    tiles = None if delta.changes is None else tiles_touched(delta.changes, zooms)
    if tiles is None:
        return ',"tiles":null'
    return ',"tiles":[' + ",".join(f'"{tile.z}/{tile.x}/{tile.y}"' for tile in tiles) + "]"
