# SPDX-License-Identifier: Apache-2.0
"""What a peer is to be told next, and how far it was told.

Told is what live_log says, in its order, each feature as it is now: a feature that changed ten times while the peer was
away is told once. A new peer, a log that no longer reaches back, another epoch (a restored database) and bulk loads,
which name no features, are told whole layers, in pages by id; the peer knows what it knows by revision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from geo.db.change_log import Change, changes_after, head, oldest
from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.exchange import outbox_sql as sql
from layers.exchange.events import event_of, instance_of, value_event_of, withdrawal_of
from layers.exchange.hops import MOST_HOPS
from layers.registry import LayerRegistry
from layers.spec import LayerSpec

PAGE = 300


@dataclass(frozen=True)
class Progress:
    """How far a peer was told."""

    epoch: str
    seq: int
    resync: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Events to send, and how far the peer is told once it took them; ``more``: there is something behind them."""

    events: Sequence[dict[str, Any]]
    then: Progress
    more: bool


@dataclass(frozen=True)
class Outbox:
    """What one peer is told of, by whom."""

    registry: LayerRegistry
    layers: tuple[str, ...]
    own: str
    peer: str

    async def progress(self, connection: Connection, source: str) -> Progress:
        """Where to go on; from the beginning where nothing is known that still holds."""
        now = await head(connection)
        row = await connection.fetchrow(sql.SELECT_STATE.sql, *sql.SELECT_STATE.args(source=source))
        first = await oldest(connection)
        if row is not None and row["epoch"] == now.epoch:
            reaches = row["seq"] >= now.seq or (first is not None and first <= row["seq"] + 1)
            if reaches:
                return Progress(row["epoch"], row["seq"], row["resync"])
        return Progress(now.epoch, now.seq, dict.fromkeys(self._known(), 0))

    async def next(self, connection: Connection, progress: Progress) -> Page:
        """The next page after that progress."""
        for layer, after in progress.resync.items():
            if layer in self.registry:
                return await self._whole(connection, progress, self.registry[layer], after)
        return await self._changed(connection, progress)

    async def _whole(self, connection: Connection, progress: Progress, spec: LayerSpec, after: int) -> Page:
        if spec.store == "indicator":
            rows = await _fetch(connection, sql.SELECT_VALUES_AFTER, layer=spec.id, after=after, page=PAGE)
            events = [value_event_of(spec, row, self.own) for row in self._tellable(rows)]
        else:
            rows = await _fetch(connection, sql.select_features_after(spec), after=after, page=PAGE)
            events = [event_of(spec, row, self.own) for row in self._tellable(rows)]
        resync = dict(progress.resync)
        if len(rows) < PAGE:
            del resync[spec.id]
        else:
            resync[spec.id] = rows[-1]["id"]
        return Page(events, replace(progress, resync=resync), True)

    async def _changed(self, connection: Connection, progress: Progress) -> Page:
        changes = await changes_after(connection, progress.seq, PAGE)
        if not changes:
            return Page([], progress, False)
        events: list[dict[str, Any]] = []
        resync: dict[str, int] = {}
        for layer in self._known():
            own = [change for change in changes if change.layer == layer]
            if any(change.op == "bulk" for change in own):
                resync[layer] = 0
            elif own:
                events += await self._events(connection, self.registry[layer], own)
        return Page(events, Progress(progress.epoch, changes[-1].seq, resync), True)

    async def _events(self, connection: Connection, spec: LayerSpec, changes: Sequence[Change]) -> list[dict[str, Any]]:
        ids = sorted({change.feature for change in changes if change.feature is not None})
        gone = sorted({change.feature for change in changes if change.op == "delete" and change.feature is not None})
        there = self._tellable(await _fetch(connection, sql.select_features(spec), ids=ids))
        events = [event_of(spec, row, self.own) for row in there]
        if gone:
            rows = await _fetch(connection, sql.SELECT_GONE, layer=spec.id, ids=gone)
            events += [withdrawal_of(spec, row, self.own) for row in self._tellable(rows)]
        return events

    def _tellable(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """Not what the peer made or had through its hands, nor what came a long way already."""
        told = []
        for row in map(dict, rows):
            hops = row.get("hops") or []
            if instance_of(row["source"], self.own) != self.peer and self.peer not in hops and len(hops) < MOST_HOPS:
                told.append(row)
        return told

    def _known(self) -> list[str]:
        return [layer for layer in self.layers if layer in self.registry and self.registry[layer].store != "unit"]


async def keep_progress(connection: Connection, source: str, progress: Progress, sent: int) -> None:
    """Remember how far a peer was told."""
    values = sql.KEEP_STATE.args(
        source=source, epoch=progress.epoch, seq=progress.seq, resync=dict(progress.resync), sent=sent
    )
    await connection.execute(sql.KEEP_STATE.sql, *values)


async def _fetch(connection: Connection, statement: Statement, **values: Any) -> list[Any]:
    return await connection.fetch(statement.sql, *statement.args(**values))
