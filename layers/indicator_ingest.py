# SPDX-License-Identifier: Apache-2.0
"""The ingest door for indicators: values of units by period, under the same rules as features.

Identity is (indicator, source, unit set, unit code, period). A code alone names no unit: without ``unit_set``, the
period decides, and where it touches two generations that both have the code, the record is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from layers import indicator_write_sql as sql
from layers import write_sql as door
from layers.batch import Batch, Receipt, Refusal
from layers.dead_letters import keep_dead_letters
from layers.errors import Rejected
from layers.freshness import Known, judge
from layers.indicator_records import IndicatorRecord, normalise_value
from layers.units_sql import local_date
from layers.versions import replaced, rounds, standing

_Key: TypeAlias = tuple[str, str, date, date]


@dataclass
class _Item:
    """One checked value of a batch; its set and revision are found while writing."""

    index: int
    raw: Any
    record: IndicatorRecord
    unit_set: str = ""
    revision: int = 1

    @property
    def key(self) -> _Key:
        return (self.unit_set, self.record.unit_code, *self.record.period)

    @property
    def said(self) -> int | None:
        return self.record.revision


async def ingest_indicator(database: Database, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of values in one transaction; when this returns, it is durable.

    Raises:
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    async with database.transaction() as connection:
        return await store_values(connection, batch, now)


async def store_values(connection: Connection, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of values in the caller's transaction."""
    receipt = Receipt(batch.import_name, batch.spec.id, batch.source, len(batch.records))
    items: list[_Item] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(batch.records):
        try:
            items.append(_Item(index, raw, normalise_value(batch.spec, raw, local_date(now))))
        except Rejected as rejection:
            refused.append((index, raw, rejection))
    writer = _Writer(connection, batch, receipt, refused)
    await writer.open_import()
    placed = await writer.find_units(items)
    latest = standing(placed)
    receipt.stale += len(placed) - len(latest)
    receipt.outcomes.update((item.index, "stale") for item in replaced(placed, latest))
    for rows in rounds(latest):
        await writer.write(rows)
    await keep_dead_letters(connection, receipt, refused, batch.messages, sender=batch.sender)
    return receipt


class _Writer:
    def __init__(self, connection: Connection, batch: Batch, receipt: Receipt, refused: list[Refusal]) -> None:
        self._connection = connection
        self._name = batch.import_name
        self._receipt = receipt
        self._refused = refused
        self._key = {"layer": batch.spec.id, "source": batch.source}
        self._import_id = 0

    async def open_import(self) -> None:
        """Wait for the source's other batches of this indicator, and find or make the import."""
        await self._fetch(door.LOCK_KEY, key=door.key_of(**self._key))
        (row,) = await self._fetch(door.OPEN_IMPORT, name=self._name, **self._key)
        self._import_id = row[0]

    async def find_units(self, items: Sequence[_Item]) -> list[_Item]:
        """Find the set of each record; what names no unit is refused."""
        codes = sorted({item.record.unit_code for item in items})
        known = await self._fetch(door.RESOLVE_UNITS, codes=codes) if codes else []
        kept = []
        for item in items:
            try:
                item.unit_set = _set_of(item.record, known)
                kept.append(item)
            except Rejected as rejection:
                self._refused.append((item.index, item.raw, rejection))
        return kept

    async def write(self, items: list[_Item]) -> None:
        """Write values whose keys differ."""
        items = sorted(items, key=lambda item: item.key)
        existing = {tuple(row)[:4]: row for row in await self._fetch(sql.SELECT_EXISTING, **_keys(items), **self._key)}
        names = [name_of(item.key) for item in items]
        tombs = {row[0]: row[1] for row in await self._fetch(door.SELECT_WITHDRAWN, ids=names, **self._key)}
        await self._withdraw([item for item in items if item.record.withdrawn], existing)
        due = [item for item in items if not item.record.withdrawn and self._is_due(item, existing, tombs)]
        if not due:
            return
        rows = await self._fetch(sql.UPSERT, import_id=self._import_id, **_columns(due), **self._key)
        written = {tuple(row) for row in rows}
        back = [name for item in due if (name := name_of(item.key)) in tombs]
        if back:
            await self._fetch(door.DROP_TOMBSTONES, ids=back, **self._key)
        for item in due:
            if item.key in written:
                self._receipt.accepted += item.key not in existing
                self._receipt.changed += item.key in existing
                self._receipt.outcomes[item.index] = "changed" if item.key in existing else "accepted"
            else:
                self._refuse(item, "write_conflict", "others write this value now: send it again")

    def _is_due(self, item: _Item, existing: Mapping[Any, Any], tombs: Mapping[str, int]) -> bool:
        row = existing.get(item.key)
        known = None if row is None else Known(row["revision"], row["content_hash"] == item.record.content_hash)
        verdict = judge(item.said, known, tombs.get(name_of(item.key)))
        item.revision = verdict.revision
        if not verdict.is_due:
            self._receipt.outcomes[item.index] = verdict.outcome
        self._receipt.unchanged += verdict.outcome == "unchanged"
        self._receipt.stale += verdict.outcome == "stale"
        if verdict.outcome == "conflict":
            self._refuse(item, "revision_conflict", "this revision is known with another value")
        return verdict.is_due

    async def _withdraw(self, items: list[_Item], existing: Mapping[Any, Any]) -> None:
        fresh = []
        for item in items:
            row = existing.get(item.key)
            if row is not None and item.said is not None and item.said < row["revision"]:
                self._receipt.stale += 1
            else:
                fresh.append(item)
        if not fresh:
            return
        rows = await self._fetch(sql.DELETE_VALUES, **_keys(fresh), **self._key)
        gone = {tuple(row)[:4]: row["revision"] for row in rows}
        self._receipt.withdrawn += len(gone)
        self._receipt.unchanged += len(fresh) - len(gone)
        for statement, some in (
            (door.KEEP_TOMBSTONES, [item for item in fresh if item.key in gone]),
            (door.AFFIRM_TOMBSTONES, [item for item in fresh if item.key not in gone]),
        ):
            if some:
                revisions = [max(item.said or 1, gone.get(item.key, 0)) for item in some]
                ids = [name_of(item.key) for item in some]
                await self._fetch(statement, ids=ids, revisions=revisions, import_id=self._import_id, **self._key)

    def _refuse(self, item: _Item, code: str, detail: str) -> None:
        self._refused.append((item.index, item.raw, Rejected(code, detail)))

    async def _fetch(self, statement: Statement, **values: Any) -> list[Any]:
        return await self._connection.fetch(statement.sql, *statement.args(**values))


def name_of(key: _Key) -> str:
    """The identity as one text, as tombstones keep it."""
    return "/".join((key[0], key[1], key[2].isoformat(), key[3].isoformat()))


def _set_of(record: IndicatorRecord, known: Sequence[Any]) -> str:
    found = [row for row in known if row["code"] == record.unit_code]
    if record.unit_set is not None:
        found = [row for row in found if row["unit_set"] == record.unit_set]
    else:
        start, end = record.period
        found = [
            row for row in found if row["valid_from"] < end and (row["valid_to"] is None or start < row["valid_to"])
        ]
    if not found:
        raise Rejected("unit_unknown", f"no unit has the code '{record.unit_code}' in that set or in that period")
    if len(found) > 1:
        sets = ", ".join(sorted(row["unit_set"] for row in found))
        raise Rejected(
            "unit_ambiguous", f"the period touches several generations with this code: send 'unit_set' ({sets})"
        )
    return str(found[0]["unit_set"])


def _keys(items: Sequence[_Item]) -> dict[str, list[Any]]:
    return {name: [item.key[place] for item in items] for place, name in enumerate(sql.KEY_COLUMNS)}


def _columns(items: Sequence[_Item]) -> dict[str, list[Any]]:
    return _keys(items) | {
        "value": [item.record.value for item in items],
        "estimated": [item.record.estimated for item in items],
        "revision": [item.revision for item in items],
        "content_hash": [item.record.content_hash for item in items],
    }
