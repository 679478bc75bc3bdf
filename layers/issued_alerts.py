# SPDX-License-Identifier: Apache-2.0
"""Alerts as messages that went out: which revisions each had, and those that were withdrawn while they were in force.

Whoever took an alert from us must hear that it is gone. A withdrawn feature is read from the history, as a revision
more with the status ``cancelled``; it is listed for as long as others may still show it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Subquery, bindparam, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.publications.then import aimed_at
from geo.db.functions import text_literal
from geo.db.pool import Database
from geo.db.statement import Statement
from layers.connectors.cap_out import Issued
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from layers.sql import select_one, select_page
from layers.tables import feature, feature_history
from layers.where_sql import is_layer

_past = feature_history.c


async def issued_before(database: Database, spec: LayerSpec, ids: Sequence[int]) -> dict[int, list[Issued]]:
    """The earlier revisions of features, oldest first."""
    found: dict[int, list[Issued]] = {feature_id: [] for feature_id in ids}
    if not found:
        return found
    statement = Statement(
        select(_past.id, _past.revision, _past.known_from)
        .where(is_layer(_past.layer, spec), _past.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
        .order_by(_past.known_from)
    )
    for row in await database.fetch(statement, ids=list(found)):
        found[row["id"]].append(Issued(row["revision"], row["known_from"]))
    return found


async def withdrawn_since(
    database: Database, spec: LayerSpec, query: FeatureQuery, since: datetime
) -> list[dict[str, Any]]:
    """Features that were withdrawn while they were in force, as GeoJSON of the status ``cancelled``."""
    if query.area is not None:
        return []  # their units are not kept, so nobody can say who of limited area may see them
    clause = aimed_at({feature: _withdrawn(spec, since)}, select_page(spec, query))
    return [orjson.loads(row["json"]) for row in await database.fetch(Statement(clause))]


async def withdrawn_one(database: Database, spec: LayerSpec, feature_id: int, since: datetime) -> dict[str, Any] | None:
    """One of them."""
    clause = aimed_at({feature: _withdrawn(spec, since)}, select_one(spec, feature_id, None))
    row = await database.fetchrow(Statement(clause))
    found: dict[str, Any] | None = None if row is None else orjson.loads(row["json"])
    return found


def _withdrawn(spec: LayerSpec, since: datetime) -> Subquery:
    changed: dict[str, Any] = {
        "recorded_at": _past.known_to,
        "revision": _past.revision + cast(literal(1), BigInteger),
        "status": text_literal("cancelled"),
        "geom_3857": null(),
    }
    columns = [(changed[name] if name in changed else _past[name]).label(name) for name in feature.c.keys()]
    same = feature.alias("same")
    is_back = (
        select(same.c.id)
        .where(
            is_layer(same.c.layer, spec), same.c.source == _past.source, same.c.external_id == _past.external_id
        )
        .exists()
    )
    in_force = or_(_past.valid_to.is_(None), _past.valid_to > _past.known_to)
    over = _past.status.in_([text_literal("cancelled"), text_literal("expired")])
    return (
        select(*columns)
        .where(
            is_layer(_past.layer, spec),
            _past.ended_by == text_literal("delete"),
            _past.known_to > literal(since, DateTime(timezone=True)),
            in_force,
            or_(_past.status.is_(None), ~over),
            ~is_back,
        )
        .subquery("withdrawn_alerts")
    )
