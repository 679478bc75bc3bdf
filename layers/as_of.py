# SPDX-License-Identifier: Apache-2.0
"""What we knew then: any statement that reads features, read from their beliefs at a moment.

A feature's current row holds from its ``recorded_at`` on, an older belief from ``known_from`` until ``known_to``. A
statement built on the tables ``feature`` and ``feature_unit`` is re-aimed at a subquery of the beliefs of that moment;
units are found from the place that was believed then. Answers are quantised to the minute and have no speed target.
"""

from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import (
    ClauseElement,
    DateTime,
    Subquery,
    and_,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from boundaries.publications.then import aimed_at, published_then, sets_then
from boundaries.tables import unit, unit_set, unit_set_version
from geo.db.functions import text_literal
from geo.db.statement import Statement
from layers.spec import LayerSpec
from layers.tables import feature, feature_history, feature_unit
from layers.where_sql import is_layer

Clause = TypeVar("Clause", bound=ClauseElement)


def read_as_of(spec: LayerSpec, moment: datetime | None, clause: ClauseElement) -> Statement:
    """The statement as it is, or re-aimed at what was known at a moment."""
    return Statement(clause if moment is None else _re_aimed(spec, moment.astimezone(UTC), clause))


def _re_aimed(spec: LayerSpec, moment: datetime, clause: Clause) -> Clause:
    beliefs = _beliefs(spec, moment)
    versions, sets = published_then(moment), sets_then(moment)
    aims = {
        feature: beliefs,
        feature_unit: _places(beliefs, versions),
        unit_set_version: versions,
        unit_set: sets,
    }
    return aimed_at(aims, clause)


def _beliefs(spec: LayerSpec, moment: datetime) -> Subquery:
    then = literal(moment, DateTime(timezone=True))
    now_known = select(*feature.c).where(is_layer(feature.c.layer, spec), feature.c.recorded_at <= then)
    past = feature_history.c
    renamed = {"recorded_at": past.known_from, "geom_3857": func.ST_Transform(past.geom, 3857)}
    known_then = select(
        *((renamed[name] if name in renamed else past[name]).label(name) for name in feature.c.keys())
    ).where(is_layer(past.layer, spec), past.known_from <= then, past.known_to > then)
    return union_all(now_known, known_then).subquery("beliefs")


def _places(beliefs: Subquery, versions: Subquery) -> Subquery:
    """The units, of the versions published then, of the places believed then (see assign_units in the migration)."""
    claimed = unit.alias("claimed")
    claimed_version = unit_set_version.alias("claimed_version")
    published = versions.c.status == text_literal("published")
    is_point = func.GeometryType(beliefs.c.geom) == text_literal("POINT")
    on_ground = and_(
        unit.c.geom.op("&&", is_comparison=True)(beliefs.c.geom),
        or_(
            and_(is_point, func.ST_Covers(unit.c.geom, beliefs.c.geom)),
            and_(
                ~is_point,
                func.ST_Intersects(unit.c.geom, beliefs.c.geom),
                ~func.ST_Touches(unit.c.geom, beliefs.c.geom),
            ),
        ),
    )
    columns = (beliefs.c.layer, beliefs.c.id.label("feature"), unit.c.version)
    # A point on a shared border belongs to the unit with the lower id.
    by_place = (
        select(*columns, func.min(unit.c.id).label("unit"))
        .join_from(beliefs, unit, on_ground)
        .join(versions, versions.c.id == unit.c.version)
        .where(published)
        .group_by(beliefs.c.layer, beliefs.c.id, unit.c.version)
    )
    every_shape = (
        select(*columns, unit.c.id.label("unit"))
        .join_from(beliefs, unit, and_(on_ground, ~is_point))
        .join(versions, versions.c.id == unit.c.version)
        .where(published)
    )
    by_claim = (
        select(*columns, unit.c.id.label("unit"))
        .join_from(beliefs, claimed, claimed.c.id == beliefs.c.location_unit)
        .join(claimed_version, claimed_version.c.id == claimed.c.version)
        .join(versions, and_(versions.c.unit_set == claimed_version.c.unit_set, published))
        .join(unit, and_(unit.c.version == versions.c.id, unit.c.code == claimed.c.code))
        .where(beliefs.c.geom.is_(None))
    )
    return union(by_place, every_shape, by_claim).subquery("places")
