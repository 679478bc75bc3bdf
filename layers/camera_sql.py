# SPDX-License-Identifier: Apache-2.0
"""Statements that read cameras: one with what it sees and how it is reached, and those that see a point."""

from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)

from geo.db.functions import boxes_meet
from layers.spec import LayerSpec
from layers.sql import feature_json
from layers.tables import feature
from layers.where_sql import in_area, is_layer, json_text

_f = feature.c
# More than the longest range that a register may state (5 km), in degrees, at the latitudes of Vietnam.
_REACH_DEG = 0.06
# Below this distance there is no bearing to speak of.
_AT_THE_POLE_M = 1.0


def _number(name: str) -> ColumnElement[float]:
    return cast(json_text(name), Float)


def _geography(geometry: Any) -> Any:
    return cast(geometry, Geography)


def select_camera(spec: LayerSpec, camera: int, area: tuple[int, ...] | None) -> Select[Any]:
    """One camera: where it is, what it sees, how it is reached; within the reader's area."""
    texts = ("snapshot_url", "login")
    return select(
        _f.id,
        _f.source,
        _f.external_id,
        _f.status,
        json_text("name").label("name"),
        *(_number(name).label(name) for name in ("azimuth", "hfov", "range_m")),
        *(json_text(name).label(name) for name in texts),
        func.ST_X(_f.geom, type_=Float).label("lon"),
        func.ST_Y(_f.geom, type_=Float).label("lat"),
    ).where(is_layer(_f.layer, spec), _f.id == literal(camera, BigInteger), *in_area(spec, area))


def select_seeing(spec: LayerSpec, point: tuple[float, float], area: tuple[int, ...] | None, most: int) -> Select[Any]:
    """Cameras whose field of view holds the point, nearest first. What states no field of view sees nothing."""
    there = func.ST_SetSRID(func.ST_MakePoint(literal(point[0], Float), literal(point[1], Float)), 4326)
    distance = func.ST_Distance(_geography(_f.geom), _geography(there), type_=Float)
    bearing = func.degrees(func.ST_Azimuth(_geography(_f.geom), _geography(there)), type_=Float)
    # The angle between where the camera looks and where the point is, 0 to 180.
    off = func.abs(bearing - _number("azimuth"))
    off = func.least(off, 360.0 - off)
    sees = or_(_number("hfov") >= 360.0, distance <= _AT_THE_POLE_M, off <= _number("hfov") / 2.0)
    return (
        select(feature_json(spec).label("json"), distance.label("distance_m"), bearing.label("bearing"))
        .where(
            is_layer(_f.layer, spec),
            boxes_meet(_f.geom, func.ST_Expand(there, _REACH_DEG)),
            and_(_number("hfov") > 0, distance <= _number("range_m"), sees),
            *in_area(spec, area),
        )
        .order_by(distance, _f.id)
        .limit(literal(most, Integer))
    )


def _to_visit() -> Any:
    """Cameras with an address by which they can be asked, of one register or of all."""
    names = ("onvif_url", "rtsp_url", "login")
    register = bindparam("register", type_=Text)
    return (
        select(_f.source, _f.external_id, *(json_text(name).label(name) for name in names))
        .where(
            _f.layer == bindparam("layer", type_=Text),
            or_(register.is_(None), _f.source == register),
            or_(json_text("onvif_url").is_not(None), json_text("rtsp_url").is_not(None)),
        )
        .order_by(_f.id)
    )


SELECT_TO_VISIT = _to_visit()
