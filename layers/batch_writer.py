# SPDX-License-Identifier: Apache-2.0
"""One batch of checked records in one transaction: what is due is written, withdrawn, retired or kept as refused."""

from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone
from operator import attrgetter
from typing import Any

import orjson

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers import write_sql as sql
from layers.batch import Batch, Item, Receipt, Refusal
from layers.errors import Rejected
from layers.freshness import Known, judge
from layers.placements import placements_of
from layers.records import UnitClaim, external_id_of
from layers.spec import COLUMN_FIELDS

_ANY_REVISION = 2**62
_ID = attrgetter("record.external_id")
# The law's days are those of Hanoi; Vietnam has had no other offset since 1975.
_VIETNAM = timezone(timedelta(hours=7))


class BatchWriter:
    """One batch in one transaction. The caller opens the import first."""

    def __init__(self, connection: Connection, batch: Batch, receipt: Receipt, refused: list[Refusal]) -> None:
        self._connection = connection
        self._batch = batch
        self._receipt = receipt
        self._refused = refused
        self._key = {"layer": batch.spec.id, "source": batch.source}
        self._import_id = 0
        self.written: list[str] = []

    async def open_import(self) -> None:
        """Wait for the source's other batches of this layer, and find or make the import."""
        lock = sql.key_of(**self._key)
        self._import_id = await self._value(sql.OPEN_ALONE, key=lock, name=self._batch.import_name, **self._key)

    async def resolve_units(self, items: Sequence[Item]) -> list[Item]:
        """Find the unit of each claim; what names no unit is refused."""
        codes = sorted({item.record.unit.code for item in items if item.record.unit is not None})
        if not codes:
            return list(items)
        known = await self._fetch(sql.RESOLVE_UNITS, codes=codes)
        kept = []
        for item in items:
            claim = item.record.unit
            try:
                item.unit = None if claim is None else _unit_of(claim, known)
                kept.append(item)
            except Rejected as rejection:
                self._refused.append((item.index, item.raw, rejection))
        return kept

    async def write(self, items: list[Item]) -> None:
        """Write records whose keys differ. A writer that we raced with makes us look again; thrice is enough."""
        items = sorted(items, key=_ID)
        await self._withdraw([item for item in items if item.record.withdrawn])
        waiting = [item for item in items if not item.record.withdrawn]
        for _ in range(3):
            if not waiting:
                return
            waiting = await self._write_once(waiting)
        for item in waiting:
            self._refused.append(
                (
                    item.index,
                    item.raw,
                    Rejected("write_conflict", "others write this record now: send it again"),
                )
            )

    async def _write_once(self, items: list[Item]) -> list[Item]:
        ids = list(map(_ID, items))
        known = await self._fetch(sql.SELECT_KNOWN, ids=ids, **self._key)
        existing = {row[0]: row for row in known if row[1] is not None}
        tombs = {row[0]: row[3] for row in known if row[3] is not None}
        due = [
            item for item, key in zip(items, ids, strict=True) if self._is_due(item, existing.get(key), tombs.get(key))
        ]
        if not due:
            return []
        await self._find_placements(due)
        rows = await self._fetch(sql.UPSERT, import_id=self._import_id, **self._key, **_columns(due))
        written = {row[0] for row in rows}
        back = [key for key in map(_ID, due) if key in tombs] if tombs else []
        if back:
            await self._execute(sql.DROP_TOMBSTONES, ids=back, **self._key)
        changed = len(existing.keys() & written)
        self.written += written
        self._receipt.changed += changed
        self._receipt.accepted += len(written) - changed
        self._receipt.unlocated += sum(item.is_unlocated for item in due if _ID(item) in written)
        for item in due:
            if _ID(item) in written:
                self._receipt.outcomes[item.index] = "changed" if _ID(item) in existing else "accepted"
        return [] if len(written) == len(due) else [item for item in due if _ID(item) not in written]

    def _is_due(self, item: Item, row: Any, gone: int | None) -> bool:
        """Whether the record says something new; sets the revision that it will have."""
        record = item.record
        known = None if row is None else Known(row[1], row[2] == record.content_hash)
        verdict = judge(record.revision, known, gone)
        item.revision = verdict.revision
        if not verdict.is_due:
            self._receipt.outcomes[item.index] = verdict.outcome
        self._receipt.unchanged += verdict.outcome == "unchanged"
        self._receipt.stale += verdict.outcome == "stale"
        if verdict.outcome == "conflict":
            rejection = Rejected("revision_conflict", "this revision is known with other content")
            self._refused.append((item.index, item.raw, rejection))
        return verdict.is_due

    async def _find_placements(self, items: Sequence[Item]) -> None:
        if self._batch.spec.geometry == "None":
            return
        nowhere = [item for item in items if item.is_unlocated]
        found = await placements_of(self._connection, **self._key, ids=list(map(_ID, nowhere)))
        for item in nowhere:
            item.placement = found.get(_ID(item))

    async def _withdraw(self, items: list[Item]) -> None:
        if not items:
            return
        ids = [item.record.external_id for item in items]
        existing = {row[0]: row[1] for row in await self._fetch(sql.SELECT_EXISTING, ids=ids, **self._key)}
        fresh = [
            item
            for item in items
            if item.record.revision is None or item.record.revision >= existing.get(item.record.external_id, 0)
        ]
        self._receipt.stale += len(items) - len(fresh)
        self._receipt.outcomes |= {item.index: "stale" for item in items}
        gone = await self._remove({item.record.external_id: item.record.revision or _ANY_REVISION for item in fresh})
        self._receipt.withdrawn += len(gone)
        for item in fresh:
            self._receipt.outcomes[item.index] = "withdrawn" if _ID(item) in gone else "unchanged"
        self._receipt.unchanged += len(fresh) - len(gone)
        await self._bury(gone, {key: item.record.revision or 1 for item in fresh if (key := item.record.external_id)})

    async def retire_missing(self) -> None:
        """A full snapshot: what the source had and did not send is retired."""
        ids = [external_id_of(raw) for raw in self._batch.records]
        named = [external_id for external_id in ids if external_id is not None]
        if len(named) < len(ids):
            # A record that we cannot even name may be one that we would retire.
            self._refused.append(
                (
                    -1,
                    None,
                    Rejected("snapshot_incomplete", "nothing was retired: a record of the snapshot has no id"),
                )
            )
            return
        rows = await self._fetch(sql.SELECT_OTHER_KEYS, ids=named, **self._key)
        gone = await self._remove({row[0]: _ANY_REVISION for row in rows})
        await self._bury(gone, gone)
        self._receipt.retired = len(gone)

    async def _remove(self, revisions: Mapping[str, int]) -> dict[str, int]:
        """Delete features that are at these revisions at most; answers what went, with its revision."""
        if not revisions:
            return {}
        ids, limits = list(revisions), list(revisions.values())
        return {
            row[0]: row[1] for row in await self._fetch(sql.DELETE_FEATURES, ids=ids, revisions=limits, **self._key)
        }

    async def _bury(self, gone: Mapping[str, int], said: Mapping[str, int]) -> None:
        """Keep the revisions at which records went, or were said to be gone."""
        for statement, ids in (
            (sql.KEEP_TOMBSTONES, [key for key in said if key in gone]),
            (sql.AFFIRM_TOMBSTONES, [key for key in said if key not in gone]),
        ):
            if ids:
                revisions = [max(said[key], gone.get(key, 0)) for key in ids]
                await self._execute(statement, ids=ids, revisions=revisions, import_id=self._import_id, **self._key)

    async def _fetch(self, statement: Statement, **values: Any) -> list[Any]:
        return await self._connection.fetch(statement.sql, *statement.args(**values))

    async def _value(self, statement: Statement, **values: Any) -> Any:
        return await self._connection.fetchval(statement.sql, *statement.args(**values))

    async def _execute(self, statement: Statement, **values: Any) -> None:
        await self._connection.execute(statement.sql, *statement.args(**values))


def _unit_of(claim: UnitClaim, known: Sequence[Any]) -> int:
    candidates = [row for row in known if row["code"] == claim.code]
    if claim.unit_set is not None:
        candidates = [row for row in candidates if row["unit_set"] == claim.unit_set]
    elif claim.at is not None:
        day = claim.at.astimezone(_VIETNAM).date()
        candidates = [
            row for row in candidates if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        ]
    if len(candidates) != 1:
        raise Rejected("unit_unknown", f"no unit has the code '{claim.code}' in that set or at that time")
    return int(candidates[0]["id"])


_CLAIM = ("wkb", "location_method", "location_radius_m", "location_confidence", "location_unit", "h3")


def _claim(item: Item) -> tuple[Any, ...]:
    """Where the record is and how that is known: what the source says, else what a person said."""
    record, said = item.record, item.placement
    if said is not None:
        return said.wkb, said.method, said.radius_m, 1.0, said.unit, said.h3
    wkb = None if record.place is None else record.place.wkb
    return wkb, record.location_method, record.radius_m, record.location_confidence, item.unit, record.h3


def _columns(items: Sequence[Item]) -> dict[str, list[Any]]:
    records = [item.record for item in items]
    columns: dict[str, list[Any]] = {
        "external_id": [record.external_id for record in records],
        "revision": [item.revision for item in items],
        "valid_from": [record.valid_from for record in records],
        "valid_to": [record.valid_to for record in records],
        "properties": [orjson.dumps(record.properties).decode() for record in records],
        "content_hash": [record.content_hash for record in records],
    }
    claims = [_claim(item) for item in items]
    columns |= {name: [claim[place] for claim in claims] for place, name in enumerate(_CLAIM)}
    return columns | {name: [record.columns.get(name) for record in records] for name in COLUMN_FIELDS}
