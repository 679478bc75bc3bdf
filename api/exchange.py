# SPDX-License-Identifier: Apache-2.0
"""Tells one peer what happens here, for ever: events in batches to its door, from where it was told last."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import orjson

from geo.db.pool import Database
from geo.errors import MapError
from layers.exchange.events import BATCH_TYPE
from layers.exchange.outbox import Outbox, Page, keep_progress
from layers.registry import LayerRegistry
from layers.sources.breaker import pause_s
from layers.sources.spec import SourceSpec

_IDLE_S = 0.25
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_log = logging.getLogger(__name__)


class PeerRefused(Exception):
    """The peer answered, and took nothing."""

    def __init__(self, status: int, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"the peer answered {status}: {detail}")
        self.retry_after_s = retry_after_s


class Sender:
    """Tells one peer; runs until it is cancelled."""

    def __init__(
        self, database: Database, registry: LayerRegistry, source: SourceSpec, own: str, secret: Callable[[str], str]
    ) -> None:
        assert source.send is not None
        self._database = database
        self._source = source.id
        self._send = source.send
        self._outbox = Outbox(registry, source.send.layers, own, source.send.instance)
        self._secret = secret
        self._dice = random.Random()

    async def run(self) -> None:
        """Send what is due; after a failure wait longer each time."""
        failures = 0
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            while True:
                try:
                    more = await self._step(client)
                except (httpx.HTTPError, PeerRefused, MapError, KeyError, OSError) as error:
                    failures += 1
                    wait_s = getattr(error, "retry_after_s", None) or pause_s(failures, self._dice)
                    _log.warning("peer of %s: %s; again in %.1f s", self._source, error, wait_s)
                    await asyncio.sleep(wait_s)
                    continue
                failures = 0
                if not more:
                    await asyncio.sleep(_IDLE_S)

    async def _step(self, client: httpx.AsyncClient) -> bool:
        """Send one page; answers whether there was one."""
        async with self._database.connection() as connection:
            progress = await self._outbox.progress(connection, self._source)
            page = await self._outbox.next(connection, progress)
        if page.events:
            await self._post(client, page.events)
        if page.then != progress or page.events:
            await self._keep(page)
        return page.more

    async def _post(self, client: httpx.AsyncClient, events: Sequence[dict[str, Any]]) -> None:
        headers = {"Authorization": f"Bearer {self._secret(self._send.key)}", "Content-Type": BATCH_TYPE}
        answer = await client.post(self._send.url, content=orjson.dumps(list(events)), headers=headers)
        if answer.status_code != 200:
            retry_after = answer.headers.get("retry-after", "")
            raise PeerRefused(
                answer.status_code, answer.text[:300], float(retry_after) if retry_after.isdigit() else None
            )
        rejected = _rejected(answer)
        if rejected:
            _log.warning(
                "peer of %s refused %d of %d events: %s", self._source, len(rejected), len(events), rejected[0]
            )

    async def _keep(self, page: Page) -> None:
        async with self._database.transaction() as connection:
            await keep_progress(connection, self._source, page.then, len(page.events))


def _rejected(answer: httpx.Response) -> list[Any]:
    try:
        body = answer.json()
    except ValueError:
        return []
    rejected = body.get("rejected") if isinstance(body, dict) else None
    return rejected if isinstance(rejected, list) else []
