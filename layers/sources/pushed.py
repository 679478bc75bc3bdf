# SPDX-License-Identifier: Apache-2.0
"""Sources that push records in our own form, past the connectors: that they were heard of, and how much came."""

from datetime import datetime

from geo.db.pool import Database
from layers.batch import Receipt
from layers.sources import sql


async def note_pushed(database: Database, source: str, receipt: Receipt, now: datetime) -> None:
    """Count a push of a configured source."""
    async with database.transaction() as connection:
        noted = sql.NOTE.args(source=source, now=now, event_at=None, lag_s=None, cursor=None)
        await connection.execute(sql.NOTE.sql, *noted)
        counted = sql.COUNT.args(
            source=source, now=now, messages=1, accepted=receipt.accepted + receipt.changed,
            rejected=len(receipt.rejected),
        )  # fmt: skip
        await connection.execute(sql.COUNT.sql, *counted)
