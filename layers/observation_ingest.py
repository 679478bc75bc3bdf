# SPDX-License-Identifier: Apache-2.0
"""The ingest door for observations: readings of the source's own sensors, under the same rules as features.

Identity is (sensor, property, time): another value for the same time is the next revision, and the hours and the sensor
that it touches follow in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from layers import observation_sql as sql
from layers import write_sql as door
from layers.batch import Batch, Receipt, Refusal
from layers.dead_letters import keep_dead_letters
from layers.errors import Rejected
from layers.freshness import Known, judge
from layers.observation_records import ObservationRecord, normalise_observation
from layers.observation_streams import with_sensors
from layers.readings import show_readings
from layers.versions import replaced, rounds, standing

_Key: TypeAlias = tuple[int, datetime]


@dataclass
class _Item:
    """One checked observation of a batch; its stream and revision are found while writing."""

    index: int
    raw: Any
    record: ObservationRecord
    stream: int = 0
    revision: int = 1

    @property
    def key(self) -> _Key:
        return self.stream, self.record.time

    @property
    def said(self) -> int | None:
        return self.record.revision


async def ingest_observations(database: Database, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of observations in one transaction; when this returns, it is durable.

    Raises:
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    async with database.transaction() as connection:
        return await store_observations(connection, batch, now)


async def store_observations(connection: Connection, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of observations in the caller's transaction."""
    receipt = Receipt(batch.import_name, batch.spec.id, batch.source, len(batch.records))
    items: list[_Item] = []
    refused: list[Refusal] = []
    records = await with_sensors(connection, batch)
    for index, (raw, record) in enumerate(zip(batch.records, records, strict=True)):
        try:
            if isinstance(record, Rejected):
                raise record
            items.append(_Item(index, raw, normalise_observation(batch.spec, record, now)))
        except Rejected as rejection:
            refused.append((index, raw, rejection))
    writer = _Writer(connection, batch, receipt, refused)
    await writer.wait()
    placed = await writer.find_streams(items)
    latest = standing(placed)
    receipt.stale += len(placed) - len(latest)
    receipt.outcomes.update((item.index, "stale") for item in replaced(placed, latest))
    sensors: set[str] = set()
    for rows in rounds(latest):
        sensors |= await writer.write(rows)
    if sensors:
        await show_readings(connection, batch.spec, batch.source, sorted(sensors))
    await keep_dead_letters(connection, receipt, refused, batch.messages, "observations")
    return receipt


class _Writer:
    def __init__(self, connection: Connection, batch: Batch, receipt: Receipt, refused: list[Refusal]) -> None:
        self._connection = connection
        self._receipt = receipt
        self._refused = refused
        self._key = {"layer": batch.spec.id, "source": batch.source}

    async def wait(self) -> None:
        """Wait for the source's other batches of this layer, features too."""
        await self._fetch(door.LOCK_KEY, key=door.key_of(**self._key))

    async def find_streams(self, items: Sequence[_Item]) -> list[_Item]:
        """Find or make the stream of each record; what names no sensor of the source is refused."""
        wanted = {(item.record.sensor, item.record.observed.name): item.record.observed.unit for item in items}
        known = await self._streams(wanted)
        new = [key for key in wanted if key not in known]
        if new:
            columns = {
                "sensor": [sensor for sensor, _ in new],
                "property": [name for _, name in new],
                "unit": [wanted[key] for key in new],
            }
            await self._fetch(sql.KEEP_STREAMS, **columns, **self._key)
            known = await self._streams(wanted)
        kept = []
        for item in items:
            stream = known.get((item.record.sensor, item.record.observed.name))
            if stream is None:
                self._refuse(item, "sensor_unknown", "this source has no sensor of that id: push the sensor first")
            else:
                item.stream = stream
                kept.append(item)
        return kept

    async def write(self, items: list[_Item]) -> set[str]:
        """Write observations whose keys differ; answers the sensors of those that said something new."""
        items = sorted(items, key=lambda item: item.key)
        streams, moments = [item.stream for item in items], [item.record.time for item in items]
        rows = await self._fetch(sql.SELECT_EXISTING, stream=streams, moment=moments)
        existing = {(row["datastream"], row["phenomenon_time"]): row for row in rows}
        due = [item for item in items if self._is_due(item, existing.get(item.key))]
        if not due:
            return set()
        written = {tuple(row) for row in await self._fetch(sql.UPSERT, **_columns(due))}
        for item in due:
            if item.key in written:
                self._receipt.accepted += item.key not in existing
                self._receipt.changed += item.key in existing
                self._receipt.outcomes[item.index] = "changed" if item.key in existing else "accepted"
            else:
                self._refuse(item, "write_conflict", "others write this observation now: send it again")
        return {item.record.sensor for item in due}

    def _is_due(self, item: _Item, row: Any) -> bool:
        record = item.record
        is_same = row is not None and (row["value"], row["quality"]) == (record.value, record.quality)
        verdict = judge(item.said, None if row is None else Known(row["revision"], is_same))
        item.revision = verdict.revision
        self._receipt.outcomes[item.index] = verdict.outcome
        self._receipt.unchanged += verdict.outcome == "unchanged"
        self._receipt.stale += verdict.outcome == "stale"
        if verdict.outcome == "conflict":
            self._refuse(item, "revision_conflict", "this revision is known with another value")
        return verdict.is_due

    async def _streams(self, wanted: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], int]:
        sensors = sorted({sensor for sensor, _ in wanted})
        rows = await self._fetch(sql.SELECT_STREAMS, sensors=sensors, **self._key) if sensors else []
        return {(row["sensor"], row["property"]): row["id"] for row in rows}

    def _refuse(self, item: _Item, code: str, detail: str) -> None:
        self._refused.append((item.index, item.raw, Rejected(code, detail)))

    async def _fetch(self, statement: Statement, **values: Any) -> list[Any]:
        return await self._connection.fetch(statement.sql, *statement.args(**values))


def _columns(items: Sequence[_Item]) -> dict[str, list[Any]]:
    return {
        "stream": [item.stream for item in items],
        "moment": [item.record.time for item in items],
        "value": [item.record.value for item in items],
        "quality": [item.record.quality for item in items],
        "revision": [item.revision for item in items],
    }
