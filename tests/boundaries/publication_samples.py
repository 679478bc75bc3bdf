# SPDX-License-Identifier: Apache-2.0
"""A database with the city of 2017 published, drafts made by hand, and jobs done at once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.job_runner import run_job
from boundaries.compare.compare import compare
from boundaries.compare.values import DraftTarget, UnitShape
from boundaries.files import FileStore
from boundaries.jobs import enqueue
from boundaries.versions import store_draft_version
from geo.db.pool import Database
from layers.batch import Batch
from layers.ingest import ingest
from layers.registry import LayerRegistry
from layers.unit_consequences import consequences
from layers.unit_ingest import ingest_units
from tests.boundaries.compare_samples import CITY_2017, CITY_2025
from tests.boundaries.unit_samples import CITY

LAW = DraftTarget("city-2025", "Thành phố 2025", "City 2025", date(2025, 7, 1), base_set="city-2017")
LINES = DraftTarget("city-2017", "city-2017", "city-2017", date(2017, 8, 18), date(2025, 7, 1), base_set="city-2017")
# In Trưng Vương until 30 June 2025, in Phan Đình Phùng since.
PLACE = (105.8440, 21.5930)


@dataclass
class Office:
    """Everything that a test of publications does."""

    url: str
    database: Database
    registry: LayerRegistry
    files: Path

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def value(self, statement: str, *values: Any) -> Any:
        return (await self.fetch(statement, *values))[0][0]

    async def publish_2017(self) -> None:
        await ingest_units(self.database, self.registry, "test", CITY)

    async def push(self, records: list[Any], layer: str = "incidents") -> None:
        await ingest(self.database, Batch(self.registry[layer], "test", "one", records), datetime.now(UTC))

    async def draft(self, target: DraftTarget = LAW, units: list[UnitShape] | None = None, **columns: Any) -> int:
        """A checked draft, with its version."""
        after = units if units is not None else CITY_2025 if target is LAW else CITY_2017
        async with self.database.transaction() as connection:
            base = await connection.fetchval(
                "select id from unit_set_version where unit_set = $1 and status = 'published'", target.base_set
            )
            version = await store_draft_version(connection, target, after, compare(CITY_2017, after).lineage, ())
            followed = await consequences(connection, self.registry, version, base)
            file = await connection.fetchval(
                "insert into stored_file (sha256, size_bytes, name, media_type, stored_by) "
                "values (repeat('0', 64), 1, 'a.zip', 'application/zip', 'test') returning id"
            )
            law = await connection.fetchval(
                "insert into legal_document (number, issuer, signed_on, effective_on, created_by) "
                "values ('1683/NQ-UBTVQH15', 'UBTVQH', '2025-06-16', '2025-06-16', 'test') returning id"
            )
            given: dict[str, Any] = {
                "state": "checked", "file": file, "title": "t", "base_set": target.base_set, "base_version": base,
                "unit_set": target.unit_set, "title_vi": target.title_vi, "title_en": target.title_en,
                "valid_from": target.valid_from, "valid_to": target.valid_to, "legal_document": law,
                "checked_revision": 1, "version": version, "consequences": followed, "created_by": "lan",
            } | columns  # fmt: skip
            names, places = ", ".join(given), ", ".join(f"${nth}" for nth in range(1, len(given) + 1))
            statement = f"insert into boundary_draft ({names}) values ({places}) returning id"
            return int(await connection.fetchval(statement, *given.values()))

    async def job(self, kind: Any, subject: int, **arguments: Any) -> dict[str, Any]:
        """Ask for a job, do it, and answer its row."""
        async with self.database.transaction() as connection:
            revision = await connection.fetchval("select revision from boundary_draft where id = $1", subject)
            asked = await enqueue(connection, kind, subject, "lan", revision if kind == "publish" else None, arguments)
        return await self.do(asked)

    async def do(self, job: int) -> dict[str, Any]:
        """Do a job that was asked for."""
        await run_job(self.url, job, self.registry, FileStore(self.files))
        async with self.database.connection() as connection:
            return dict(await connection.fetchrow("select * from boundary_job where id = $1", job) or {})

    async def publish(self, draft: int, **arguments: Any) -> int:
        """Publish a draft that can be; answers the publication."""
        done = await self.job("publish", draft, **arguments)
        assert done["state"] == "done", done["problem"]
        return int(await self.value("select max(id) from publication"))


def shifted(units: list[UnitShape]) -> list[UnitShape]:
    """The same units with other names."""
    return [replace(unit, name=f"{unit.name} mới") for unit in units]
