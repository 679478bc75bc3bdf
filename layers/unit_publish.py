# SPDX-License-Identifier: Apache-2.0
"""Jobs that publish a draft and take a publication back: units, and the features that follow them, in one transaction.

A job that dies leaves what was there before; one that ends has changed everything.
"""

from collections.abc import Awaitable, Callable, Iterable

from sqlalchemy import BigInteger, Text, bindparam, delete, func, literal, null, select

from boundaries.jobs import Handler, Job, JobContext, end
from boundaries.publications.state import publish_draft, roll_back
from boundaries.tables import unit_set_version
from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.registry import LayerRegistry
from layers.tables import feature_unit

_ASSIGN = Statement(
    select(func.assign_units(bindparam("layer", type_=Text), null(), bindparam("version", type_=BigInteger)))
)
# Writers wait while a set is published: what they store meanwhile would belong to the version that is superseded. Taken
# first, because a writer in flight refers to the version that publishing locks.
_HOLD_WRITERS = "lock table feature in share row exclusive mode"
# Features follow the published versions only; what an older version held is found again by publishing it again.
_FORGET = Statement(
    delete(feature_unit).where(
        feature_unit.c.version.in_(
            select(unit_set_version.c.id).where(
                unit_set_version.c.status.in_([literal("superseded"), literal("withdrawn")])
            )
        )
    )
)


def publish_handler(registry: LayerRegistry) -> Handler:
    """Jobs of the kind "publish"; the subject is a draft."""
    return _handler(registry, publish_draft)


def rollback_handler(registry: LayerRegistry) -> Handler:
    """Jobs of the kind "rollback"; the subject is a publication."""
    return _handler(registry, roll_back)


def _handler(registry: LayerRegistry, change: Callable[[Connection, Job], Awaitable[list[int]]]) -> Handler:
    async def run(context: JobContext) -> None:
        await context.tell("waiting", 0.0)
        async with context.database.transaction() as connection:
            await hold_writers(connection)
            await context.tell("publishing", 0.1)
            versions = await change(connection, context.job)
            await context.tell("assigning", 0.3)
            await follow(connection, registry, versions)
            await end(connection, context.job)

    return run


async def hold_writers(connection: Connection) -> None:
    """Nobody stores features until the transaction ends; the first thing that it does."""
    await connection.execute(_HOLD_WRITERS)


async def follow(connection: Connection, registry: LayerRegistry, versions: Iterable[int]) -> None:
    """Features leave the versions that are not published any more and enter these, which are."""
    await connection.execute(_FORGET.sql, *_FORGET.args())
    for version in versions:
        for spec in registry.values():
            if spec.store == "feature":
                await connection.execute(_ASSIGN.sql, *_ASSIGN.args(layer=spec.id, version=version))
