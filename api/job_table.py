# SPDX-License-Identifier: Apache-2.0
"""Which handler does which kind of job. A handler that needs to know the layers gets them here."""

from collections.abc import Callable, Mapping
from typing import Any

from boundaries.drafts.check_job import check_handler
from boundaries.jobs import Handler, JobKind
from boundaries.underlays import job as underlay
from geo.db.pool import Connection
from layers.registry import LayerRegistry
from layers.unit_consequences import consequences
from layers.unit_publish import publish_handler, rollback_handler


def _check_handler(registry: LayerRegistry) -> Handler:
    async def follow(connection: Connection, version: int, base_version: int | None) -> list[dict[str, Any]]:
        return await consequences(connection, registry, version, base_version)

    return check_handler(follow)


HANDLERS: Mapping[JobKind, Callable[[LayerRegistry], Handler]] = {
    "check": _check_handler,
    "publish": publish_handler,
    "rollback": rollback_handler,
    "underlay": lambda _: underlay.run,
}
