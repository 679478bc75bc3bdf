# SPDX-License-Identifier: Apache-2.0
"""Simulated publishers on a port of this machine, and visits to them as the fetching process makes them."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from geo.db.pool import Database
from layers.sources.delivery import Delivery
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit
from simulators.small_server import Service, listen


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """The address at which it listens."""
    server = listen(service, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def source_of(name: str, connector: str, door: Mapping[str, Any], **options: Any) -> SourceSpec:
    system = {"cap": "alerts", "rss": "media"}[connector]
    return SourceSpec(
        id=name, system=system, title={"vi": name, "en": name}, connector=connector, options=options,
        door={"kind": "feed", **door},
    )  # fmt: skip


async def visited(
    source: SourceSpec, now: datetime, cursor: Mapping[str, Any] | None = None, *, most: int = 10_000,
    into: list[Arrival] | None = None,
) -> list[Arrival]:  # fmt: skip
    """What one visit brings, or its first arrivals; also before it fails, ``into`` a list."""
    secrets: dict[str, str] = {}
    nobody = cast(Database, None)
    visit = Visit(source.id, source.transport_options, cursor or {}, secrets.__getitem__, nobody, lambda: now)
    assert source.transport is not None
    found: list[Arrival] = [] if into is None else into
    async for arrival in source.transport.arrivals(visit):
        found.append(arrival)
        if len(found) == most:
            break
    return found


async def taken_in(road: Road, source: SourceSpec, arrivals: list[Arrival], now: datetime) -> list[Delivery]:
    """Down the common road, with the cursor of the last."""
    return await receive(road, source, [one.message for one in arrivals], now, arrivals[-1].cursor)
