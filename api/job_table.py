# SPDX-License-Identifier: Apache-2.0
"""Which handler does which kind of job. A handler that needs to know the layers gets them here."""

from collections.abc import Callable, Mapping
from typing import Any

from boundaries.drafts.check_job import check_handler
from boundaries.jobs import Handler, JobKind
from boundaries.underlays import job as underlay
from layers.registry import LayerRegistry
from layers.unit_publish import publish_handler, rollback_handler


async def _nothing_follows(*_: Any) -> list[dict[str, Any]]:
    return []


HANDLERS: Mapping[JobKind, Callable[[LayerRegistry], Handler]] = {
    "check": lambda _: check_handler(_nothing_follows),
    "underlay": lambda _: underlay.run,
    "publish": publish_handler,
    "rollback": rollback_handler,
}
