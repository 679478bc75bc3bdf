# SPDX-License-Identifier: Apache-2.0
"""How long what sources sent is kept: messages a week, longer while an open dead letter points at them."""

from datetime import datetime, timedelta

from geo.db.pool import Connection
from layers.sources import sql

MESSAGES_KEPT = timedelta(days=7)
MINUTES_KEPT = timedelta(days=31)
CLOSED_LETTERS_KEPT = timedelta(days=30)
OPEN_LETTERS_KEPT = timedelta(days=180)


async def forget_messages(connection: Connection, now: datetime) -> None:
    """Delete letters, messages and counts that are older than they are kept."""
    letters = sql.FORGET_LETTERS.args(moment=now - CLOSED_LETTERS_KEPT, oldest=now - OPEN_LETTERS_KEPT)
    await connection.execute(sql.FORGET_LETTERS.sql, *letters)
    await connection.execute(sql.FORGET_MESSAGES.sql, *sql.FORGET_MESSAGES.args(moment=now - MESSAGES_KEPT))
    await connection.execute(sql.FORGET_MINUTES.sql, *sql.FORGET_MINUTES.args(moment=now - MINUTES_KEPT))
