# SPDX-License-Identifier: Apache-2.0
"""The common road: messages of one source become features, values and observations, in one transaction.

Redacted before anything is kept; kept as they came; read by the connector; placed by the ladder; written by the same
use cases as what is pushed, so that identity, revisions, history and change log are the same. What is refused is a dead
letter that points at its message. Sent again, everything is the same again.
"""

import asyncio
import hashlib
import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

import orjson

from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from geo.errors import Unavailable
from layers.batch import Batch, Receipt
from layers.connectors.base import Found, Kind, Message
from layers.dead_letters import keep_dead_letters, storable
from layers.device_checks import store_checks
from layers.errors import Rejected
from layers.exchange.hops import is_echo
from layers.exchange.trails import keep_trails
from layers.indicator_ingest import store_values
from layers.ingest import check, store
from layers.locate.gazetteer import Gazetteer
from layers.locate.placing import place
from layers.observation_ingest import store_observations
from layers.registry import LayerRegistry
from layers.sources import sql
from layers.sources.delivery import Delivery, Reading
from layers.sources.reading import read
from layers.sources.spec import SourceSpec

# Dead letters of one source that are open at a time; above that they are counted, not kept.
MOST_LETTERS = 5_000
_IN_THREAD_BYTES = 65_536
# A file of 50,000 rows is one message; no statement of it may take as long as a statement may.
_PART = 5_000
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_Group: TypeAlias = list[tuple[int, Mapping[str, Any]]]
# Layer, kind, and the source that the records have here.
_Key: TypeAlias = tuple[str, Kind, str]
_log = logging.getLogger(__name__)
_STORE_FAILED = Rejected(
    "store_failed", "The message was understood and could not be stored. It is kept; replay it once that is mended."
)


@dataclass(frozen=True)
class Road:
    """What the road needs of a process; ``instance`` is how this server is called by others."""

    database: Database
    registry: LayerRegistry
    gazetteer: Gazetteer
    instance: str = "toancanh"


async def receive(
    road: Road, source: SourceSpec, messages: Sequence[Message], now: datetime, cursor: Mapping[str, Any] | None = None
) -> list[Delivery]:
    """Take in messages of a source, in their order; when this returns, they are durable.

    Args:
        cursor: where the source is to go on; kept with the records.

    Returns:
        What became of each message.

    Raises:
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    readings = await _read_all(road, source, messages)
    try:
        return await _store(road, source, readings, now, cursor)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - one message that cannot be stored must not hold up those behind it
        _log.exception("messages of %s could not be stored together", source.id)
    deliveries: list[Delivery] = []
    for reading in readings:
        try:
            deliveries += await _store(road, source, [reading], now, None)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - it is buried instead
            _log.exception("a message of %s could not be stored", source.id)
            deliveries += await _store(road, source, [replace(reading, found=(), dead=_STORE_FAILED)], now, None)
    await _store(road, source, [], now, cursor)
    return deliveries


async def _store(
    road: Road, source: SourceSpec, readings: Sequence[Reading], now: datetime, cursor: Mapping[str, Any] | None
) -> list[Delivery]:
    async with road.database.turn(f"road/{source.id}"), road.database.transaction() as connection:
        return await _Transaction(road, source, connection, now).take(readings, cursor)


async def _read_all(road: Road, source: SourceSpec, messages: Sequence[Message]) -> list[Reading]:
    def work() -> list[Reading]:
        return [read(source, message, road.registry) for message in messages]

    large = sum(len(message.body) for message in messages) > _IN_THREAD_BYTES
    return await asyncio.to_thread(work) if large else work()


class _Transaction:
    """One batch of messages in one transaction."""

    def __init__(self, road: Road, source: SourceSpec, connection: Connection, now: datetime) -> None:
        self._road = road
        self._source = source
        self._connection = connection
        self._now = now
        self._newest: datetime | None = None

    async def take(self, readings: Sequence[Reading], cursor: Mapping[str, Any] | None) -> list[Delivery]:
        deliveries = [Delivery() for _ in readings]
        bad = any(reading.dead or reading.refused for reading in readings)
        full = bad and await self._is_full()
        await self._keep_messages(readings, deliveries, full=full)
        await self._close_letters(deliveries)
        for key, group in (await self._grouped(readings, deliveries)).items():
            for start in range(0, len(group), _PART):
                await self._write(key, group[start : start + _PART], deliveries)
        await self._keep_refused(readings, deliveries, full=full)
        await self._mark(deliveries)
        await self._note(deliveries, cursor)
        return deliveries

    async def _is_full(self) -> bool:
        return int(await self._value(sql.COUNT_OPEN_LETTERS, source=self._source.id, most=MOST_LETTERS)) >= MOST_LETTERS

    async def _keep_messages(self, readings: Sequence[Reading], deliveries: Sequence[Delivery], *, full: bool) -> None:
        kept: dict[bytes, tuple[Reading, list[Delivery]]] = {}
        for reading, delivery in zip(readings, deliveries, strict=True):
            if full and (reading.dead or (reading.refused and not reading.found)):
                continue
            kept.setdefault(_digest(reading.message), (reading, []))[1].append(delivery)
        if not kept:
            return
        columns: dict[str, list[Any]] = {
            "digest": list(kept),
            "name": [storable(reading.message.name)[:500] for reading, _ in kept.values()],
            "content_type": [storable(reading.message.content_type)[:200] for reading, _ in kept.values()],
            "headers": [_headers(reading.message) for reading, _ in kept.values()],
            "body": [reading.message.body for reading, _ in kept.values()],
            "trace": [_trace(reading.message) for reading, _ in kept.values()],
            "state": ["dead" if reading.dead else "done" for reading, _ in kept.values()],
        }
        for row in await self._fetch(sql.KEEP_MESSAGES, source=self._source.id, now=self._now, **columns):
            for delivery in kept[row["digest"]][1]:
                delivery.message = row["id"]

    async def _close_letters(self, deliveries: Sequence[Delivery]) -> None:
        """What these messages were refused for is judged anew."""
        messages = [delivery.message for delivery in deliveries if delivery.message is not None]
        await self._execute(sql.CLOSE_LETTERS_OF_MESSAGES, source=self._source.id, messages=messages)

    async def _grouped(self, readings: Sequence[Reading], deliveries: Sequence[Delivery]) -> dict[_Key, _Group]:
        """Records by layer, placed; features before the observations of them, layers in one order for their locks."""
        found: list[tuple[int, Found]] = []
        for index, reading in enumerate(readings):
            foreign = [one for one in reading.found if not is_echo(one, self._road.instance)]
            found += [(index, one) for one in foreign]
            deliveries[index].unchanged += len(reading.found) - len(foreign)
        placed = await place(
            self._connection, await self._road.gazetteer.names(self._connection), self._road.registry,
            [one for _, one in found], (self._source.id, self._now),
        )  # fmt: skip
        groups: dict[_Key, _Group] = {}
        for (index, one), record in zip(found, placed, strict=True):
            source = self._source.id if one.origin is None else one.origin.source
            groups.setdefault((one.layer, one.kind, source), []).append((index, record))
        await keep_trails(self._connection, [one for _, one in found])
        order: tuple[Kind, ...] = ("features", "observations", "checks")
        return dict(sorted(groups.items(), key=lambda group: (group[0][0], order.index(group[0][1]), group[0][2])))

    async def _write(self, key: _Key, group: _Group, deliveries: Sequence[Delivery]) -> None:
        layer, kind, source = key
        spec = self._road.registry[layer]
        messages = [deliveries[index].message for index, _ in group]
        name = f"{self._source.connector}-{self._now:%Y%m%d}"
        records = [record for _, record in group]
        batch = Batch(spec, source, name, records, messages=messages, sender=self._source.id)
        if kind == "observations":
            receipt = await store_observations(self._connection, batch, self._now)
        elif kind == "checks":
            receipt = await store_checks(self._connection, batch, self._now)
        elif spec.store == "indicator":
            receipt = await store_values(self._connection, batch, self._now)
        else:
            items, refused = check(batch, self._now)
            receipt = await store(self._connection, batch, items, refused)
        self._account(receipt, layer, group, deliveries)
        self._newest = _newest([record for _, record in group], self._now, self._newest)

    def _account(self, receipt: Receipt, layer: str, group: _Group, deliveries: Sequence[Delivery]) -> None:
        if len(deliveries) == 1:
            only = deliveries[0]
            for name in ("accepted", "changed", "unchanged", "stale", "withdrawn", "unlocated"):
                setattr(only, name, getattr(only, name) + getattr(receipt, name))
        refused = {one["index"]: one for one in receipt.rejected}
        for place_in_batch, (index, _) in enumerate(group):
            delivery = deliveries[index]
            if place_in_batch in refused:
                one = refused[place_in_batch]
                delivery.refused.append({"layer": layer, **one})
            elif len(deliveries) > 1:
                outcome = receipt.outcomes.get(place_in_batch, "accepted")
                counted = "accepted" if outcome == "new" else outcome
                setattr(delivery, counted, getattr(delivery, counted, 0) + 1)

    async def _keep_refused(self, readings: Sequence[Reading], deliveries: Sequence[Delivery], *, full: bool) -> None:
        """Dead letters of what the connector itself refused, and of messages that it could not read."""
        letters: list[tuple[Any, Rejected, int | None]] = []
        for reading, delivery in zip(readings, deliveries, strict=True):
            if reading.dead is not None:
                delivery.dead, delivery.code, delivery.detail = True, reading.dead.code, reading.dead.detail
                shown = reading.message.body[:2000].decode("utf-8", "replace")
                letters.append(({"message": reading.message.name, "begins": shown}, reading.dead, delivery.message))
            for index, part in enumerate(reading.refused):
                told = {"layer": part.layer, "index": index, "code": part.code, "detail": part.detail}
                delivery.refused.append(told)
                letters.append((part.record, Rejected(part.code, part.detail), delivery.message))
        if letters and not full:
            receipt = Receipt("", "*", self._source.id, len(letters))
            refused = [(index, record, why) for index, (record, why, _) in enumerate(letters[:MOST_LETTERS])]
            messages = [message for _, _, message in letters]
            await keep_dead_letters(self._connection, receipt, refused, messages)

    async def _mark(self, deliveries: Sequence[Delivery]) -> None:
        partly = [one.message for one in deliveries if one.message is not None and one.refused and not one.dead]
        if partly:
            await self._execute(sql.MARK_MESSAGES, ids=partly)

    async def _note(self, deliveries: Sequence[Delivery], cursor: Mapping[str, Any] | None) -> None:
        lag = None if self._newest is None else max(0.0, (self._now - self._newest).total_seconds())
        await self._execute(
            sql.NOTE, source=self._source.id, now=self._now, event_at=self._newest, lag_s=lag,
            cursor=None if cursor is None else dict(cursor),
        )  # fmt: skip
        await self._execute(
            sql.COUNT, source=self._source.id, now=self._now, messages=len(deliveries),
            accepted=sum(one.accepted + one.changed for one in deliveries),
            rejected=sum(one.dead + len(one.refused) for one in deliveries),
        )  # fmt: skip

    async def _fetch(self, statement: Statement, **values: Any) -> list[Any]:
        return await self._connection.fetch(statement.sql, *statement.args(**values))

    async def _value(self, statement: Statement, **values: Any) -> Any:
        return await self._connection.fetchval(statement.sql, *statement.args(**values))

    async def _execute(self, statement: Statement, **values: Any) -> None:
        await self._connection.execute(statement.sql, *statement.args(**values))


def _digest(message: Message) -> bytes:
    return hashlib.sha256(message.name.encode("utf-8", "replace") + b"\0" + message.body).digest()


def _headers(message: Message) -> str:
    return orjson.dumps({storable(name): storable(text) for name, text in message.headers.items()}).decode()


def _trace(message: Message) -> str:
    """The trace of the message (W3C Trace Context), its sender's where it sent one."""
    found = _TRACE.fullmatch(message.headers.get("traceparent", ""))
    return found[1] if found else uuid.uuid4().hex


def _newest(records: Sequence[Mapping[str, Any]], now: datetime, before: datetime | None) -> datetime | None:
    newest = before
    for record in records:
        try:
            moment = datetime.fromisoformat(str(record.get("time")))
        except ValueError:
            continue
        if moment.tzinfo is not None and moment <= now and (newest is None or moment > newest):
            newest = moment
    return newest
