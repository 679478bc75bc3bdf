# SPDX-License-Identifier: Apache-2.0
"""The ingest use case: a batch of raw records becomes features, once, in one transaction.

Identity is (layer, source, external_id), freshness is the revision. A source that counts no revisions is believed in
the order of arrival: other content is the next revision, the same content is nothing. The same batch again changes
nothing. One bad record never stops the others: it is listed and kept as a dead letter.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geo.db.pool import Connection, Database
from geo.errors import BadBody
from layers.batch import Batch, Item, Receipt, Refusal
from layers.batch_writer import BatchWriter
from layers.check_records import is_checked
from layers.dead_letters import keep_dead_letters
from layers.device_checks import show_checks_of_pushed
from layers.errors import Rejected
from layers.readings import show_readings_of_pushed
from layers.records import normalise
from layers.versions import replaced, rounds, standing
from layers.write_sql import key_of

__all__ = ["Batch", "Receipt", "check", "ingest", "records_of", "store"]
_IN_THREAD = 200


async def ingest(database: Database, batch: Batch, now: datetime) -> Receipt:
    """Store a batch in one transaction; when this returns, it is durable.

    Raises:
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    # Thousands of records take a third of a second: other requests go on meanwhile.
    large = len(batch.records) > _IN_THREAD
    items, refused = await asyncio.to_thread(check, batch, now) if large else check(batch, now)
    # The lock in the database is what counts; who of this process would wait for it waits here, without a connection.
    async with database.turn(key_of(batch.spec.id, batch.source)), database.transaction() as connection:
        return await store(connection, batch, items, refused)


def check(batch: Batch, now: datetime) -> tuple[list[Item], list[Refusal]]:
    """Judge each record of a batch by itself: what may be written, and what is refused."""
    items: list[Item] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(batch.records):
        try:
            items.append(Item(index, raw, normalise(batch.spec, raw, now)))
        except Rejected as rejection:
            refused.append((index, raw, rejection))
    return items, refused


async def store(connection: Connection, batch: Batch, items: Sequence[Item], refused: list[Refusal]) -> Receipt:
    """Write checked records inside the caller's transaction."""
    receipt = Receipt(batch.import_name, batch.spec.id, batch.source, len(batch.records))
    writer = BatchWriter(connection, batch, receipt, refused)
    await writer.open_import()
    placed = await writer.resolve_units(items)
    latest = standing(placed)
    receipt.stale += len(placed) - len(latest)
    receipt.outcomes.update((item.index, "stale") for item in replaced(placed, latest))
    for rows in rounds(latest):
        await writer.write(rows)
    if batch.snapshot:
        await writer.retire_missing()
    if batch.spec.observed and writer.written:
        await show_readings_of_pushed(connection, batch, writer.written)
    if is_checked(batch.spec) and writer.written:
        await show_checks_of_pushed(connection, batch.spec, batch.source, writer.written)
    await keep_dead_letters(connection, receipt, refused, batch.messages, sender=batch.sender)
    return receipt


def records_of(body: Any) -> list[Any]:
    """The records of a body: a FeatureCollection, a Feature, one record, or a list of either.

    Raises:
        BadBody: none of these.
    """
    if isinstance(body, list):
        return body
    if isinstance(body, dict):
        if body.get("type") == "FeatureCollection":
            features = body.get("features")
            if not isinstance(features, list):
                raise BadBody("a FeatureCollection needs a list 'features'")
            return features
        return [body]
    raise BadBody("send a GeoJSON Feature or FeatureCollection, one JSON record, or a list of records")
