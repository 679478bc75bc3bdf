# SPDX-License-Identifier: Apache-2.0
"""Administrative units: sets, one unit with its relatives, the units at a point."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import Reading
from api.readers import Reader
from boundaries.lookup import unit_facts, unit_sets, units_at
from geo.crs import to_vn2000
from layers.filters import parse_as_of
from layers.unit_counts import counts_of_unit

router = APIRouter(prefix="/boundaries", tags=["Boundaries"])


AsOf = Annotated[str | None, Query(description="What was published at this RFC 3339 moment, to the minute.")]


@router.get("/sets", summary="Sets of units, oldest first")
async def sets(reader: Reading, as_of: AsOf = None) -> dict[str, Any]:
    """Every generation of units with its published version."""
    return {"sets": [_set(row) for row in await unit_sets(reader.database, _moment(as_of))]}


@router.get("/sets/{unit_set}/units/{code}", summary="One unit, its relatives and its values")
async def one_unit(unit_set: str, code: str, reader: Reading, as_of: AsOf = None) -> dict[str, Any]:
    """What the unit is, what it came from and went into, and how many features of each layer lie in it.

    Features are counted now: with as_of the unit is told without values.
    """
    facts = await unit_facts(reader.database, unit_set, code, _moment(as_of))
    row = facts.unit
    return {
        **_unit(row),
        "area_km2": round(row["area_m2"] / 1e6, 4),
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"] and row["valid_to"].isoformat(),
        "bbox": row["bbox"],
        "label_point": [row["label_lon"], row["label_lat"]],
        "predecessors": [_relative(one) for one in facts.predecessors],
        "successors": [_relative(one) for one in facts.successors],
        **({} if as_of is not None else {"values": await _values(row["id"], reader)}),
    }


@router.get("/at", summary="The units at a point")
async def at(
    reader: Reading,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-85, le=85, allow_inf_nan=False)],
    as_of: AsOf = None,
) -> dict[str, Any]:
    """Where a point is: VN-2000 coordinates and the unit of each generation."""
    east, north = to_vn2000(lon, lat)
    return {
        "lon": lon,
        "lat": lat,
        "vn2000": {"x_north": round(north, 3), "y_east": round(east, 3), "crs": "EPSG:9213"},
        "units": [_unit(row) for row in await units_at(reader.database, lon, lat, _moment(as_of))],
    }


def _moment(as_of: str | None) -> datetime | None:
    return None if as_of is None else parse_as_of(as_of)


async def _values(unit: int, reader: Reader) -> list[dict[str, Any]]:
    counts = await counts_of_unit(reader.database, unit, reader.visibility.units)
    return [
        {"layer": spec.id, "title": spec.title._asdict(), "value": counts.get(spec.id, 0)}
        for spec in reader.registry.values()
        if spec.store == "feature"
    ]


def _set(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": {"vi": row["title_vi"], "en": row["title_en"]},
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"] and row["valid_to"].isoformat(),
        "units": row["units"],
        "version": row["version"],
        "version_id": row["version_id"],
        "published_at": row["published_at"].isoformat(),
        "approximate": row["approximate"],
        "attribution": {"vi": row["attribution_vi"], "en": row["attribution_en"]} if row["attribution_vi"] else None,
        "licence": row["licence"],
        "bbox": row["bbox"],
    }


def _unit(row: Any) -> dict[str, Any]:
    return {
        "set": row["unit_set"],
        "code": row["code"],
        "name": row["name"],
        "full_name": row["full_name"],
        "type": row["type"],
    }


def _relative(row: Any) -> dict[str, Any]:
    return {"set": row["unit_set"], "code": row["code"], "name": row["name"], "share": row["share"]}
