# SPDX-License-Identifier: Apache-2.0
"""Use case: a spreadsheet into a layer. A preview does everything that the import would do, and takes it back.

Both run the ingest door's own code in one transaction, in parts small enough for a statement's time limit; the preview
rolls it back, so that what it tells is what will happen.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from layers.batch import Batch, Receipt
from layers.import_cells import Notices, ReadRow, records_of_table
from layers.import_columns import ColumnMap, columns_of, map_columns
from layers.import_texts import notice, refusal_vi
from layers.indicator_ingest import store_values
from layers.ingest import check, store
from layers.spec import LayerSpec
from layers.sql import select_by_keys
from layers.tabular import FileKind, Table, read_csv
from layers.workbook import read_xlsx
from layers.write_sql import SELECT_EXISTING

SAMPLE = 20
_PART = 5_000
_SHOWN_ROWS = 20
_ORDER = ("changed", "accepted", "unchanged", "rejected")


@dataclass(frozen=True)
class Upload:
    """A file for a layer. ``commit`` false means: only tell what would happen."""

    spec: LayerSpec
    source: str
    name: str
    kind: FileKind
    data: bytes
    commit: bool


@dataclass(frozen=True)
class _Sheet:
    """A file that was read: its columns, and its rows as records or refusals."""

    table: Table
    columns: ColumnMap
    rows: list[ReadRow]
    notices: Notices


@dataclass
class _Outcome:
    """What became of each record, by external id, and of the whole."""

    receipt: Receipt
    refused: dict[int, tuple[str, str]]
    before: Mapping[str, int]
    after: Mapping[str, int]
    known: Mapping[int, str] = field(default_factory=dict)

    def of(self, row: ReadRow) -> str:
        """One word for one row."""
        if row.number in self.known:
            word = self.known[row.number]
            return "unchanged" if word == "stale" else word
        key = _key(row)
        if row.number in self.refused or key not in self.after:
            return "rejected"
        if key not in self.before:
            return "accepted"
        return "unchanged" if self.before[key] == self.after[key] else "changed"


async def import_file(database: Database, upload: Upload, now: datetime) -> dict[str, Any]:
    """Import a spreadsheet, or tell what importing it would do.

    Raises:
        BadBody: the file cannot be read, or lacks the column of ids.
        TooLarge: more rows, columns, cells or bytes than we take.
    """
    sheet = await asyncio.to_thread(_read, upload)
    async with database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            outcome = await _run(connection, upload, sheet.rows, now)
            sample = _chosen(sheet.rows, outcome)
            after = await _features(connection, upload, sample)
        except BaseException:
            await transaction.rollback()
            raise
        if upload.commit:
            await transaction.commit()
            before: dict[str, Any] = {}
        else:
            await transaction.rollback()
            before = await _features(connection, upload, sample)
    shown = [
        {
            "row": row.number,
            "id": _key(row),
            "outcome": outcome.of(row),
            "before": before.get(_key(row)),
            "after": after.get(_key(row)) if outcome.of(row) != "rejected" else None,
        }
        for row in sample
    ]
    return _answer(upload, sheet, outcome, shown)


def _read(upload: Upload) -> _Sheet:
    table = read_csv(upload.data) if upload.kind == "csv" else read_xlsx(upload.data)
    columns = map_columns(upload.spec, table.header)
    notices = Notices()
    return _Sheet(table, columns, list(records_of_table(table, columns, notices)), notices)


async def _run(connection: Connection, upload: Upload, rows: Sequence[ReadRow], now: datetime) -> _Outcome:
    if upload.spec.store == "indicator":
        return await _run_values(connection, upload, rows, now)
    receipt = Receipt(upload.name, upload.spec.id, upload.source, len(rows))
    refused = {row.number: (row.problem.code, row.problem.detail) for row in rows if row.problem is not None}
    whole = [row for row in rows if row.problem is None]
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for start in range(0, len(whole), _PART):
        part = whole[start : start + _PART]
        batch = Batch(upload.spec, upload.source, upload.name, [row.record for row in part])
        items, wrong = await asyncio.to_thread(check, batch, now)
        ids = [item.record.external_id for item in items]
        before |= await _revisions(connection, upload, ids)
        done = await store(connection, batch, items, wrong)
        after |= await _revisions(connection, upload, ids)
        for name in ("accepted", "changed", "unchanged", "stale", "unlocated"):
            setattr(receipt, name, getattr(receipt, name) + getattr(done, name))
        for one in done.rejected:
            refused[part[one["index"]].number] = (one["code"], one["detail"])
    return _Outcome(receipt, refused, before, after)


async def _run_values(connection: Connection, upload: Upload, rows: Sequence[ReadRow], now: datetime) -> _Outcome:
    """Values of an indicator: the same parts, told by what became of each row."""
    receipt = Receipt(upload.name, upload.spec.id, upload.source, len(rows))
    refused = {row.number: (row.problem.code, row.problem.detail) for row in rows if row.problem is not None}
    whole = [row for row in rows if row.problem is None]
    known: dict[int, str] = {}
    for start in range(0, len(whole), _PART):
        part = whole[start : start + _PART]
        records = [{"value": None, **row.record} for row in part]
        done = await store_values(connection, Batch(upload.spec, upload.source, upload.name, records), now)
        for name in ("accepted", "changed", "unchanged", "stale"):
            setattr(receipt, name, getattr(receipt, name) + getattr(done, name))
        known |= {part[index].number: word for index, word in done.outcomes.items()}
        refused |= {part[one["index"]].number: (one["code"], one["detail"]) for one in done.rejected}
    return _Outcome(receipt, refused, {}, {}, known)


def _chosen(rows: Sequence[ReadRow], outcome: _Outcome) -> list[ReadRow]:
    """What matters most for the eye: first what changes, then what is new."""
    found: dict[str, list[ReadRow]] = {word: [] for word in _ORDER}
    for row in rows:
        listed = found[outcome.of(row)]
        if len(listed) < SAMPLE:
            listed.append(row)
    sample = [row for word in _ORDER for row in found[word]][:SAMPLE]
    return sorted(sample, key=lambda row: row.number)


async def _revisions(connection: Connection, upload: Upload, ids: Sequence[str]) -> dict[str, int]:
    values = SELECT_EXISTING.args(layer=upload.spec.id, source=upload.source, ids=list(ids))
    return {row[0]: row[1] for row in await connection.fetch(SELECT_EXISTING.sql, *values)}


async def _features(connection: Connection, upload: Upload, rows: Sequence[ReadRow]) -> dict[str, Any]:
    if upload.spec.store == "indicator":
        return {_key(row): {"type": "Feature", "geometry": None, "properties": dict(row.record)} for row in rows}
    statement = Statement(select_by_keys(upload.spec))
    ids = [key for row in rows if (key := _key(row))]
    values = statement.args(source=upload.source, ids=ids)
    return {row["external_id"]: orjson.loads(row["json"]) for row in await connection.fetch(statement.sql, *values)}


def _key(row: ReadRow) -> str:
    if "unit_code" in row.record and "period" in row.record:
        return "/".join(str(row.record.get(name) or "") for name in ("unit_set", "unit_code", "period"))
    return str(row.record.get("id", ""))


def _answer(upload: Upload, sheet: _Sheet, outcome: _Outcome, sample: list[dict[str, Any]]) -> dict[str, Any]:
    spec = upload.spec
    receipt = outcome.receipt
    receipt.rejected = [
        {"row": number, "code": code, "detail": detail, "detail_vi": refusal_vi(spec, code, detail)}
        for number, (code, detail) in sorted(outcome.refused.items())
    ]
    header = sheet.columns.header
    columns = [
        {"header": header[position], "name": column.name, "title": column.title._asdict()}
        for position, column in sheet.columns.columns
    ]
    return {
        "mode": "commit" if upload.commit else "preview",
        "name": upload.name,
        "layer": spec.id,
        "source": upload.source,
        "sheet": sheet.table.sheet,
        "columns": columns,
        "unmapped": list(sheet.columns.unmapped),
        "notices": _notices(upload, sheet, outcome),
        "receipt": receipt.as_json(),
        "sample": sample,
    }


def _notices(upload: Upload, sheet: _Sheet, outcome: _Outcome) -> list[dict[str, Any]]:
    told = [
        {**_told(code), "count": len(rows), "rows": rows[:_SHOWN_ROWS]} for code, rows in sheet.notices.rows.items()
    ]
    absent = [
        column for column in columns_of(upload.spec) if column.meaning == "field" and not sheet.columns.has(column.name)
    ]
    if outcome.receipt.changed and absent:
        fields = [{"name": column.name, "title": column.title._asdict()} for column in absent]
        told.append({**_told("columns_absent"), "count": outcome.receipt.changed, "fields": fields})
    return told


def _told(code: str) -> dict[str, Any]:
    text = notice(code)
    return {"code": code, "detail": text.en, "detail_vi": text.vi}
