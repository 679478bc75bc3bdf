# SPDX-License-Identifier: Apache-2.0
"""Commits at a steady rate, each one change of one feature, and when PostgreSQL says that each was committed."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.db.pool import Connection, connect

_STATUS = {"cameras": ("online", "offline", "maintenance"), "incidents": ("new", "assigned", "in_progress", "resolved")}
_CHANGE = (
    "update feature set status = $3 where layer = $1 and id = $2 and status is distinct from $3 "
    "returning revision, pg_current_xact_id()::text as xid"
)
_CONNECTIONS = 4


@dataclass(frozen=True)
class Commit:
    """One committed change."""

    feature: int
    revision: int
    xid: str

    @property
    def key(self) -> tuple[int, int]:
        """How an event names it."""
        return self.feature, self.revision

    @classmethod
    async def of(cls, connection: Connection, layer: str, feature: int, drawn: random.Random) -> "Commit":
        """Change a feature's status to another one, in a transaction of its own."""
        statuses = list(_STATUS[layer])
        drawn.shuffle(statuses)
        for status in statuses:
            row = await connection.fetchrow(_CHANGE, layer, feature, status)
            if row is not None:
                return cls(feature, row["revision"], row["xid"])
        raise AssertionError("one of several statuses is another one")


class Writers:
    """A few connections that commit changes of incidents, each on its own beat."""

    def __init__(self, owner_url: str, per_second: int, seed: int) -> None:
        self._url = owner_url
        self._per_second = per_second
        self._seed = seed

    async def write(self, seconds: float) -> list[Commit]:
        """Every change of another incident, so that none is merged with a later one."""
        connection = await connect(self._url)
        wanted = round(seconds * self._per_second)
        rows = await connection.fetch(
            "select id from feature tablesample system (20) where layer = 'incidents' limit $1", wanted * 3
        )
        await connection.close()
        ids = [row["id"] for row in rows]
        random.Random(time.time_ns()).shuffle(ids)
        shares = [ids[start:wanted:_CONNECTIONS] for start in range(_CONNECTIONS)]
        parts = await asyncio.gather(*(self._beat(share, number, seconds) for number, share in enumerate(shares)))
        return [commit for part in parts for commit in part]

    async def _beat(self, ids: Sequence[int], number: int, seconds: float) -> list[Commit]:
        connection = await connect(self._url)
        drawn = random.Random(self._seed + number)
        commits: list[Commit] = []
        step = _CONNECTIONS / self._per_second
        began = time.monotonic() + step * number / _CONNECTIONS
        try:
            for index, feature in enumerate(ids):
                await asyncio.sleep(max(0.0, began + index * step - time.monotonic()))
                if time.monotonic() > began + seconds:
                    break
                commits.append(await Commit.of(connection, "incidents", feature, drawn))
        finally:
            await connection.close()
        return commits


async def commit_times(connection: Connection, commits: Sequence[Commit]) -> list[float]:
    """PostgreSQL's commit timestamps as seconds since 1970, in the order of the commits."""
    rows: list[Any] = await connection.fetch(
        "select extract(epoch from pg_xact_commit_timestamp(given.xid::xid))::float8 as at "
        "from unnest($1::text[]) with ordinality as given (xid, place) order by place",
        [commit.xid for commit in commits],
    )
    return [row["at"] for row in rows]
