# SPDX-License-Identifier: Apache-2.0
"""Subscribers of the race: they go from server to server with the last event's id, and keep every frame."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from faults.race_model import NEVER, SURE, tiles_around
from tests.api.event_stream import listening

LAYERS = ("incidents", "cameras", "alerts")
ZOOMS = (12, 14)
# After these a client may go on where it was: the log still has everything.
_GO_ON = {"server_stops", "not_ready", "database_away"}


class Frame(NamedTuple):
    """What came after one change, up to another."""

    after: int
    seq: int
    changes: list[dict[str, Any]]


@dataclass
class Subscriber:
    """One client of the stream."""

    urls: Sequence[str]
    chance: random.Random
    frames: list[Frame] = field(default_factory=list)
    resets: "Counter[str]" = field(default_factory=Counter)
    connections: int = 0
    last_id: str | None = None

    @property
    def seq(self) -> int:
        """Up to where it knows everything."""
        return -1 if self.last_id is None else int(self.last_id.partition(":")[2])

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop; now and then leave by itself."""
        while not stop.is_set():
            try:
                await self._listen(self.chance.choice(self.urls), stop)
            except (httpx.HTTPError, TimeoutError, AssertionError):
                await asyncio.sleep(0.2)

    async def _listen(self, url: str, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        leave = loop.time() + self.chance.uniform(2, 30)
        query = {"layers": ",".join(LAYERS), "zoom": ",".join(str(zoom) for zoom in ZOOMS)}
        async with listening(url, self.last_id, **query) as stream:
            self.connections += 1
            while not stop.is_set() and loop.time() < leave:
                event = await stream.next(timeout_s=20)
                if event is None:
                    return
                if event.name == "ready" and self.last_id is None:
                    self.last_id = event.id
                elif event.name == "reset":
                    self.resets[event.data["reason"]] += 1
                    assert event.data["reason"] in _GO_ON, event.data
                    await asyncio.sleep(0.2)
                    return
                elif event.name == "change":
                    self.frames.append(Frame(self.seq, event.data["seq"], event.data["changes"]))
                    self.last_id = event.id

    def told_tiles(self, after: int, layer: str) -> set[str] | None:
        """The tiles of a layer that frames named since a change; ``None`` is all."""
        told: set[str] = set()
        for frame in self.frames:
            if frame.seq > after:
                for change in frame.changes:
                    if change["layer"] == layer:
                        if change["tiles"] is None:
                            return None
                        told.update(change["tiles"])
        return told


def check_frames(frames: list[Frame], log: dict[int, Any]) -> dict[str, int]:
    """Every frame tells exactly the changes between two points of the log, and exactly their tiles."""
    seen = frames[0].after
    counted: Counter[str] = Counter()
    for frame in frames:
        assert frame.after == seen < frame.seq, "a frame came twice, or in another order"
        seen = frame.seq
        rows = [log[seq] for seq in range(frame.after + 1, frame.seq + 1)]
        for layer in {row["layer"] for row in rows}:
            of_layer = [row for row in rows if row["layer"] == layer]
            told = [change for change in frame.changes if change["layer"] == layer]
            assert told, f"nothing was told of {layer} in {frame.seq}"
            _check_features(told, of_layer)
            counted["changes"] += len(of_layer)
            counted["tiles named"] += _check_tiles(told, of_layer)
        assert {change["layer"] for change in frame.changes} <= {row["layer"] for row in rows}
    counted["frames"] = len(frames)
    return dict(counted)


def _check_features(told: list[dict[str, Any]], rows: list[Any]) -> None:
    named = {one["id"] for change in told for one in change["upserts"]}
    named |= {number for change in told for number in change["removes"]}
    wanted = {row["feature"] for row in rows if row["feature"] is not None}
    if any(change["bulk"] for change in told):
        assert named <= wanted
    else:
        assert all(row["feature"] is not None for row in rows), "a bulk change came without its mark"
        assert named == wanted, f"lost {wanted - named}, doubled {named - wanted}"


def _check_tiles(told: list[dict[str, Any]], rows: list[Any]) -> int:
    if any(change["tiles"] is None for change in told):
        assert any(row["feature"] is None for row in rows) or len(rows) > 100, "all tiles for little"
        return 0
    named = {tile for change in told for tile in change["tiles"]}
    boxes = [box for row in rows for box in (row["old_box"], row["new_box"]) if box]
    corners = [(box[0], box[1]) for box in boxes] + [(box[2], box[3]) for box in boxes]
    for zoom in ZOOMS:
        wanted = set().union(*(tiles_around(corner, zoom, SURE) for corner in corners))
        assert wanted <= named, f"not named: {wanted - named}"
    if all(box[0] == box[2] for box in boxes):
        most = set().union(*(tiles_around(corner, zoom, NEVER) for corner in corners for zoom in ZOOMS))
        assert named <= most, f"named for nothing: {named - most}"
    return len(named)
