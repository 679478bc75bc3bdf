# SPDX-License-Identifier: Apache-2.0
"""Statements of the queue of records without a place. Pure builders."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    BigInteger,
    Float,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from boundaries.tables import unit, unit_set_version
from geo.db.functions import text_literal
from geo.db.statement import Statement
from layers.sources.tables import placement, unlocated_hint
from layers.spec import LayerSpec
from layers.tables import feature
from layers.where_sql import is_layer

_f = feature.c
_NOWHERE = and_(_f.geom.is_(None), _f.location_unit.is_(None))
_POINT = func.ST_SetSRID(
    func.ST_MakePoint(bindparam("lon", type_=Float), bindparam("lat", type_=Float)), literal_column("4326")
)


def select_page(layers: list[LayerSpec]) -> Statement:
    """Records without a place of these layers, newest first, with what is known of where they may be."""
    hint = unlocated_hint.c
    return Statement(
        select(
            _f.layer, _f.id, _f.source, _f.external_id, _f.properties, _f.valid_from, _f.recorded_at, _f.status,
            hint.said, hint.reason, hint.candidates,
        )
        .select_from(
            feature.outerjoin(
                unlocated_hint,
                and_(hint.layer == _f.layer, hint.source == _f.source, hint.external_id == _f.external_id),
            )
        )
        .where(
            _f.layer.in_([text_literal(spec.id) for spec in layers]),
            _NOWHERE,
            tuple_(_f.recorded_at, _f.id)
            < tuple_(bindparam("before", type_=_f.recorded_at.type), bindparam("before_id", type_=BigInteger)),
        )
        .order_by(_f.recorded_at.desc(), _f.id.desc())
        .limit(bindparam("page", type_=Integer))
    )  # fmt: skip


COUNT_BY_LAYER = Statement(select(_f.layer, func.count().label("n")).where(_NOWHERE).group_by(_f.layer))
COUNT_BY_SOURCE = Statement(select(_f.source, func.count().label("n")).where(_NOWHERE).group_by(_f.source))


def select_one(spec: LayerSpec) -> Statement:
    """One record with whether it has a place, and whether a person gave it."""
    return Statement(
        select(
            _f.source, _f.external_id, _f.location_method, _NOWHERE.label("is_nowhere"),
            select(literal_column("1"))
            .where(
                placement.c.layer == _f.layer,
                placement.c.source == _f.source,
                placement.c.external_id == _f.external_id,
            )
            .exists()
            .label("is_placed"),
        ).where(is_layer(_f.layer, spec), _f.id == bindparam("item", type_=BigInteger))
    )  # fmt: skip


SELECT_UNIT = Statement(
    select(unit.c.id)
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .where(
        unit_set_version.c.status == "published",
        unit_set_version.c.unit_set == bindparam("unit_set", type_=Text),
        unit.c.code == bindparam("unit_code", type_=Text),
    )
)


def _keep() -> Any:
    has_point = bindparam("lon", type_=Float).is_not(None)
    statement = insert(placement).values(
        **{name: bindparam(name, type_=Text) for name in ("layer", "source", "external_id")},
        unit_set=bindparam("unit_set", type_=Text),
        unit_code=bindparam("unit_code", type_=Text),
        geom=case((has_point, _POINT), else_=null()),
        radius_m=bindparam("radius_m", type_=REAL),
        placed_by=bindparam("placed_by", type_=Text),
    )
    names = ("geom", "unit_set", "unit_code", "radius_m", "placed_by")
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id"],
        set_={name: statement.excluded[name] for name in names} | {"placed_at": func.clock_timestamp()},
    )


KEEP = Statement(_keep())

FORGET = Statement(
    delete(placement).where(
        *(placement.c[name] == bindparam(name, type_=Text) for name in ("layer", "source", "external_id"))
    )
)

# See the trigger feature_before_write: the source's revision and content stay.
BEGIN = Statement(select(func.set_config("toancanh.placing", "on", literal_column("true"))))
END = Statement(select(func.set_config("toancanh.placing", "off", literal_column("true"))))


def move(spec: LayerSpec) -> Statement:
    """Give a record the place that a person said, or take it away again."""
    has_point = bindparam("lon", type_=Float).is_not(None)
    return Statement(
        update(feature)
        .values(
            geom=case((has_point, _POINT), else_=null()).cast(Geometry("GEOMETRY", 4326)),
            location_unit=bindparam("unit", type_=BigInteger),
            location_method=bindparam("method", type_=Text),
            location_radius_m=bindparam("radius_m", type_=REAL),
            location_confidence=bindparam("confidence", type_=REAL),
            h3=bindparam("h3", type_=BigInteger),
        )
        .where(is_layer(_f.layer, spec), _f.id == bindparam("item", type_=BigInteger))
        .returning(_f.id)
    )
