# SPDX-License-Identifier: Apache-2.0
"""The statement that reads reports of citizens, as a pure builder."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Float, Integer, Select, Text, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from geo.db.functions import text_literal
from layers.connectors.open311 import CLOSED
from layers.tables import feature
from layers.where_sql import in_area, is_layer, json_text

if TYPE_CHECKING:
    from layers.field_reports import Audience, ReportQuery

_f = feature.c
_TEXTS: Any = ARRAY(Text)
_MOMENT = DateTime(timezone=True)


def select_reports(audience: "Audience", query: "ReportQuery") -> Select[Any]:
    """The rows that an audience may see and a query asks for; a place only where it is a point."""
    is_point = func.ST_GeometryType(_f.geom) == text_literal("ST_Point")
    statement = select(
        *(_f[name] for name in ("external_id", "kind", "status", "valid_from", "recorded_at", "properties")),
        _f.location_method,
        _f.location_radius_m,
        case((is_point, func.ST_X(_f.geom, type_=Float))).label("lon"),
        case((is_point, func.ST_Y(_f.geom, type_=Float))).label("lat"),
    ).where(
        is_layer(_f.layer, audience.spec),
        _f.source == func.any(literal(list(audience.sources), _TEXTS)),
        *in_area(audience.spec, audience.area),
        *_asked(query),
    )
    # By update, pages stay in place while updates go on arriving: those come at the end.
    order = (_f.recorded_at, _f.id) if query.updated_after is not None else (_f.valid_from.desc(), _f.id.desc())
    offset = (query.page - 1) * query.page_size
    return statement.order_by(*order).limit(literal(query.page_size, Integer)).offset(literal(offset, Integer))


def _asked(query: "ReportQuery") -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.ids:
        found.append(_f.external_id == func.any(literal(list(query.ids), _TEXTS)))
    if query.service_codes:
        found.append(json_text("service_code") == func.any(literal(list(query.service_codes), _TEXTS)))
    if query.start is not None:
        found.append(_f.valid_from >= literal(query.start, _MOMENT))
    if query.end is not None:
        found.append(_f.valid_from <= literal(query.end, _MOMENT))
    if query.updated_after is not None:
        found.append(_f.recorded_at > literal(query.updated_after, _MOMENT))
    if query.statuses:
        found.append(_f.status == func.any(literal(sorted(query.statuses), _TEXTS)))
    closed = _f.status == func.any(literal(sorted(CLOSED), _TEXTS))
    if query.is_open is not None:
        found.append(or_(_f.status.is_(None), ~closed) if query.is_open else closed)
    return found
