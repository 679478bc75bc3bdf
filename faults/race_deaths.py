# SPDX-License-Identifier: Apache-2.0
"""Deaths of the race: servers, relay, worker and PostgreSQL are killed or stopped at random, and start again."""

import asyncio
import os
import random
import signal
from collections import Counter

from faults.conftest import Postgres
from faults.race_model import now
from tests.support.stack import Stack

_AROUND_S = 3.0
_WAYS = ("first server", "second server", "first server", "second server", "relay", "relay", "relay frozen", "worker")


class Deaths:
    """Who dies, and when."""

    def __init__(self, postgres: Postgres, servers: tuple[Stack, Stack]) -> None:
        self._postgres = postgres
        self._servers = servers
        self._chance = random.Random(11)
        self._times: list[tuple[float, float]] = []
        self._resting = asyncio.Event()
        self._busy = asyncio.Lock()
        self.killed: Counter[str] = Counter()

    def near(self, moment: float) -> bool:
        """Whether a moment lies in or shortly after a death."""
        return any(began <= moment <= ended + _AROUND_S for began, ended in self._times[-6:])

    async def rest(self) -> None:
        """Nobody dies from now on, and everybody is back."""
        self._resting.set()
        async with self._busy:
            pass

    def go_on(self) -> None:
        """It may go on."""
        self._resting.clear()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; PostgreSQL dies every eighth time."""
        nth = 0
        while not stop.is_set():
            await asyncio.sleep(self._chance.uniform(2, 6))
            async with self._busy:
                if self._resting.is_set() or stop.is_set():
                    continue
                nth += 1
                who = "postgres" if nth % 8 == 0 else self._chance.choice(_WAYS)
                began = now()
                self._times.append((began, float("inf")))
                await self._die(who)
                self._times[-1] = (began, now())
                self.killed[who] += 1

    async def _die(self, who: str) -> None:
        down_s = self._chance.choice((0.0, 0.5, 2.0))
        first, second = self._servers
        if who == "postgres":
            await asyncio.to_thread(self._postgres.kill)
            await asyncio.sleep(down_s)
            await asyncio.to_thread(self._postgres.start)
        elif who == "relay frozen":
            process = first.processes["relay"]
            os.kill(process.pid, signal.SIGSTOP)
            await asyncio.sleep(down_s * 2)
            os.kill(process.pid, signal.SIGCONT)
        elif who in ("relay", "worker"):
            await asyncio.to_thread(first.kill, who)
            await asyncio.sleep(down_s)
            first.start(who)
        else:
            stack = first if who == "first server" else second
            how = self._chance.choice((signal.SIGKILL, signal.SIGTERM))
            await asyncio.to_thread(stack.kill, "serve", how)
            await asyncio.sleep(down_s)
            stack.start("serve")
        for stack in self._servers:
            await asyncio.to_thread(stack.wait_ready)
