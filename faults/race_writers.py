# SPDX-License-Identifier: Apache-2.0
"""Writers of the race: each owns its features, so that it knows the order of its own changes; tiles are everybody's."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg
import httpx

from faults.race_model import HALF, Model, State, Thing, now, somewhere
from geo.db.pool import AWAY, Connection, connect

SOURCE = "race"
SEVERITIES = ("low", "medium", "high", "critical")
_TITLE = {"incidents": "title", "cameras": "name", "alerts": "title"}
_GEOM = (
    f"case when $1 = 'alerts' then ST_MakeEnvelope(lon - {HALF}, lat - {HALF}, lon + {HALF}, lat + {HALF}, 4326) "
    "else ST_Point(lon, lat, 4326) end"
)
_ROWS = "unnest($2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[]) as r (name, title, lon, lat, severity)"
_SEVERITY = "case when $1 = 'incidents' then r.severity end"
_INSERT = (
    "insert into feature (source, layer, external_id, properties, geom, severity, valid_from) "  # noqa: S608 - no input
    f"select 'race', $1, r.name, jsonb_build_object($7::text, r.title), {_GEOM}, {_SEVERITY}, now() from {_ROWS}"
)
_UPDATE = (
    "update feature set properties = jsonb_build_object($7::text, r.title), "  # noqa: S608 - no input
    f"geom = {_GEOM}, severity = {_SEVERITY} from {_ROWS} "
    "where layer = $1 and source = 'race' and external_id = r.name"
)
_DELETE = "delete from feature where layer = $1 and source = 'race' and external_id = any($2::text[])"
_STORED = (
    "select external_id as name, split_part(coalesce(properties ->> 'title', properties ->> 'name'), '#', 2)::int as "
    "number from feature where source = 'race' and layer = $1 and external_id = any($2::text[])"
)

Change: TypeAlias = tuple[str, Thing, State]


@dataclass
class Gate:
    """Writers stop at the gate between two transactions while the others look."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0

    async def quiet(self) -> None:
        """Close, and wait until nobody is inside."""
        self.open.clear()
        while self.busy:
            await asyncio.sleep(0.02)


class Writer:
    """Transactions at random on features of its own."""

    def __init__(self, model: Model, gate: Gate, url: str, name: str) -> None:
        self.model = model
        self.gate = gate
        self.url = url
        self.name = name
        self.chance = random.Random(name)
        self.mine: list[Thing] = []
        self.pause_s = 0.008
        self._connection: Connection | None = None

    async def run(self, act: Callable[["Writer"], Awaitable[None]]) -> None:
        """Act until told to stop."""
        while True:
            await self.gate.open.wait()
            if self.gate.stop.is_set():
                break
            self.gate.busy += 1
            try:
                await act(self)
            finally:
                self.gate.busy -= 1
            await asyncio.sleep(self.chance.uniform(0, 2 * self.pause_s))
        if self._connection is not None:
            await self._connection.close()

    async def connection(self) -> Connection:
        """The open connection, or a new one as soon as there is a database."""
        while self._connection is None or self._connection.is_closed():
            try:
                self._connection = await connect(self.url)
            except AWAY:
                await asyncio.sleep(0.2)
        return self._connection

    def hang_up(self) -> None:
        """Whatever state the connection is in."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    def plan(self, op: str, layer: str, most: int) -> list[Change]:
        """Changes of one kind, each of another feature."""
        alive = [thing for thing in self.mine if thing.layer == layer and thing.place is not None]
        if op == "insert":
            gone = [thing for thing in self.mine if thing.layer == layer and thing.place is None]
            again = self.chance.sample(gone, min(len(gone), most // 2))
            fresh = [self._new(layer) for _ in range(most - len(again))]
            return [("insert", thing, self._state(thing, None)) for thing in (*again, *fresh)]
        chosen = self.chance.sample(alive, min(len(alive), most))
        if op == "delete":
            return [("delete", thing, State(thing.next_number(), None)) for thing in chosen]
        return [("update", thing, self._state(thing, thing.place)) for thing in chosen]

    def _new(self, layer: str) -> Thing:
        thing = self.model.new(layer, f"{self.name}-{len(self.mine)}")
        self.mine.append(thing)
        return thing

    def _state(self, thing: Thing, place: tuple[float, float] | None) -> State:
        stay = place is not None and self.chance.random() < 0.3
        where = place if stay else somewhere(self.chance, place if self.chance.random() < 0.7 else None)
        return State(thing.next_number(), where, self.chance.choice(SEVERITIES))

    async def write(self, connection: Connection, changes: list[Change]) -> None:
        """Changes of one kind and layer as one statement."""
        op, layer = changes[0][0], changes[0][1].layer
        names = [thing.name for _, thing, _ in changes]
        if op == "delete":
            await connection.execute(_DELETE, layer, names)
            return
        titles = [f"{thing.name}#{state.number}" for _, thing, state in changes]
        lons, lats = zip(*(state.place for _, _, state in changes if state.place is not None), strict=True)
        severities = [state.severity for _, _, state in changes]
        statement = _INSERT if op == "insert" else _UPDATE
        await connection.execute(statement, layer, names, titles, lons, lats, severities, _TITLE[layer])

    async def transaction(
        self, steps: list[list[Change]], *, bulk: bool = False, hold_s: float = 0, undo: bool = False
    ) -> None:
        """One transaction; what it committed is told to the model, also when its answer is lost."""
        steps = [step for step in steps if step]
        if not steps:
            return
        try:
            connection = await self.connection()
            transaction = connection.transaction()
            await transaction.start()
            if bulk:
                await connection.execute("set local toancanh.bulk = 'on'")
            for step in steps:
                await self.write(connection, step)
            await asyncio.sleep(hold_s)
            if undo:
                await transaction.rollback()
                self.model.happened["rolled back"] += 1
                return
        except (*AWAY, asyncpg.DeadlockDetectedError) as error:
            self.model.happened[f"{type(error).__name__} before commit"] += 1
            self.hang_up()
            return
        pending = self.begin([change for step in steps for change in step])
        try:
            await transaction.commit()
        except AWAY:
            self.hang_up()
            await self.settle(pending, bulk=bulk)
        else:
            self.end(pending, bulk=bulk)

    def begin(self, changes: list[Change]) -> list[Change]:
        """From now on the last states may show."""
        last = {thing.name: (op, thing, state) for op, thing, state in changes}
        moment = now()
        for _, thing, state in last.values():
            state.began, state.sure = moment, math.inf
            thing.states.append(state)
        return changes

    def end(self, changes: list[Change], *, bulk: bool = False) -> None:
        """From now on they must show."""
        moment = now()
        self.model.transactions += 1
        for op, thing, state in changes:
            state.sure = moment
            thing.revision = 1 if op == "insert" else thing.revision + (op == "update")
            thing.geometry_writes += op != "delete"
            thing.bulk |= bulk
            if not bulk:
                thing.logged.append((op, thing.revision))
        self.model.committed += len(changes)
        self.model.bulk_rows += len(changes) if bulk else 0

    async def settle(self, changes: list[Change], *, bulk: bool = False) -> None:
        """The answer was lost: look what became of it."""
        self.model.happened["answer lost"] += 1
        await asyncio.sleep(1.5)
        last = {thing.name: (op, thing, state) for op, thing, state in changes}
        layer = changes[0][1].layer
        while True:
            try:
                rows = await (await self.connection()).fetch(_STORED, layer, list(last))
                break
            except AWAY:
                await asyncio.sleep(0.2)
        stored = {row["name"]: row["number"] for row in rows}
        done = {(stored.get(name) == state.number) if state.place else name not in stored
                for name, (_, _, state) in last.items()}  # fmt: skip
        assert len(done) == 1, "a transaction was stored in part"
        if done.pop():
            self.model.happened["answer lost, committed"] += 1
            self.end(changes, bulk=bulk)
        else:
            for _, thing, state in last.values():
                thing.states.remove(state)


async def push(writer: Writer, door: httpx.AsyncClient) -> None:
    """Through the ingest door, as the same source: new and changed records in one batch."""
    count = writer.chance.randint(1, 6)
    changes = writer.plan("insert", "incidents", count) if len(writer.mine) < 300 else []
    known = {thing.name for _, thing, _ in changes}
    changes += [one for one in writer.plan("update", "incidents", count) if one[1].name not in known]
    records: list[dict[str, Any]] = [
        {"id": thing.name, "title": f"{thing.name}#{state.number}", "severity": state.severity, "kind": "traffic",
         "time": "2026-11-20T08:00:00+07:00", "lon": state.place[0], "lat": state.place[1]}
        for _, thing, state in changes if state.place is not None
    ]  # fmt: skip
    if not changes:
        return
    pending = writer.begin(changes)
    try:
        answer = await door.post(f"/ingest/{SOURCE}?layer=incidents", json=records)
    except httpx.HTTPError:
        await writer.settle(pending)
        return
    if answer.status_code == 503:
        await writer.settle(pending)
        return
    receipt = answer.json()
    assert answer.status_code == 200 and receipt["accepted"] + receipt["changed"] == len(records), answer.text
    writer.model.happened["pushed"] += 1
    writer.end(pending)
