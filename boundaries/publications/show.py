# SPDX-License-Identifier: Apache-2.0
"""The log of publications and the versions of sets, as the API shows them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Text, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.draft_tables import boundary_draft, unit_edge
from boundaries.legal_json import legal_json
from boundaries.publications import sql
from boundaries.publications.tables import publication
from boundaries.tables import unit, unit_set_version
from geo.db.functions import as_geojson, text_literal
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotFound

_v = unit_set_version.c
_SET = bindparam("unit_set", type_=Text)
_VERSION = bindparam("version", type_=BigInteger)
_SEES_DRAFTS = or_(_v.status != text_literal("draft"), bindparam("drafts", type_=Boolean))


def _versions() -> Any:
    extent = (
        select(
            func.count().label("units"),
            func.box_of(func.ST_SetSRID(func.ST_Extent(unit.c.geom), 4326), type_=ARRAY(Float)).label("bbox"),
        )
        .where(unit.c.version == _v.id)
        .lateral("extent")
    )
    published = select(func.max(publication.c.draft)).where(publication.c.version == _v.id).scalar_subquery()
    drawn = select(func.max(boundary_draft.c.id)).where(boundary_draft.c.version == _v.id).scalar_subquery()
    return (
        select(unit_set_version, extent.c.units, extent.c.bbox, func.coalesce(drawn, published).label("draft"))
        .select_from(unit_set_version.join(extent, true()))
        .where(or_(_SET.is_(None), _v.unit_set == _SET), _SEES_DRAFTS)
        .order_by(_v.id.desc())
    )


_VERSIONS = Statement(_versions())
_ONE_VERSION = Statement(select(_v.id, _v.status).where(_v.id == _VERSION, _SEES_DRAFTS))
_EXTENT = Statement(
    select(func.box_of(func.ST_SetSRID(func.ST_Extent(unit.c.geom), 4326), type_=ARRAY(Float))).where(
        unit.c.version == _VERSION
    )
)
_EDGES = Statement(
    select(unit_edge.c.code_a, unit_edge.c.code_b, as_geojson(unit_edge.c.geom).label("geometry"))
    .join(unit_set_version, and_(_v.id == unit_edge.c.version, _SEES_DRAFTS))
    .where(unit_edge.c.version == _VERSION)
    .order_by(unit_edge.c.code_a, unit_edge.c.code_b)
)


async def publications_json(
    database: Database, layers: Collection[str], *, may_roll_back: bool
) -> list[dict[str, Any]]:
    """Every publication, the newest first."""
    return [_publication(row, layers, may_roll_back) for row in await database.fetch(sql.SHOW_PUBLICATIONS)]


async def publication_json(
    database: Database, number: int, layers: Collection[str], *, may_roll_back: bool
) -> dict[str, Any]:
    """One publication.

    Raises:
        NotFound: there is none of that id.
    """
    row = await database.fetchrow(sql.SHOW_PUBLICATION, publication=number)
    if row is None:
        raise NotFound("There is no such publication.", code="publication_not_found",
                       detail_vi="Không có lần công bố này.")  # fmt: skip
    return _publication(row, layers, may_roll_back)


async def versions_json(database: Database, unit_set: str | None, *, drafts: bool) -> list[dict[str, Any]]:
    """Versions of every set, or of one, the newest first."""
    return [_version(row) for row in await database.fetch(_VERSIONS, unit_set=unit_set, drafts=drafts)]


async def status_of_version(database: Database, version: int, *, drafts: bool) -> str:
    """Whether a version is a draft, published, superseded or withdrawn.

    Raises:
        NotFound: there is none of that id, or none for this reader.
    """
    row = await database.fetchrow(_ONE_VERSION, version=version, drafts=drafts)
    if row is None:
        raise NotFound("There is no such version of units; /boundaries/versions lists them.", code="version_unknown",
                       detail_vi="Không có phiên bản địa giới này.")  # fmt: skip
    return str(row["status"])


async def extent_of_version(database: Database, version: int, *, drafts: bool) -> list[float] | None:
    """West, south, east and north of a version; None where it has no units.

    Raises:
        NotFound: there is no such version for this reader.
    """
    await status_of_version(database, version, drafts=drafts)
    found: list[float] | None = (await database.fetch(_EXTENT, version=version))[0][0]
    return found


async def unagreed_edges(database: Database, version: int, *, drafts: bool) -> list[tuple[str, str, str]]:
    """Borders that are not agreed yet: two codes and a geometry as GeoJSON text.

    Raises:
        NotFound: there is no such version for this reader.
    """
    await status_of_version(database, version, drafts=drafts)
    rows = await database.fetch(_EDGES, version=version, drafts=drafts)
    return [(row["code_a"], row["code_b"], row["geometry"]) for row in rows]


def _publication(row: Any, layers: Collection[str], may_roll_back: bool) -> dict[str, Any]:
    names = ("id", "kind", "by", "approved_by", "draft", "reverts", "unit_set", "version", "number", "reason")
    return {
        **{name: row[name] for name in names},
        "at": row["at"].isoformat(),
        "effective_from": row["effective_from"] and row["effective_from"].isoformat(),
        "legal": legal_json(row, row["legal_file"]),
        "consequences": row["consequences"] and [one for one in row["consequences"] if one["layer"] in layers],
        "may": ["roll_back"] if may_roll_back and row["can_roll_back"] else [],
    }


def _version(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "set": row["unit_set"],
        "number": row["number"],
        "status": row["status"],
        "published_at": row["published_at"] and row["published_at"].isoformat(),
        "superseded_at": row["superseded_at"] and row["superseded_at"].isoformat(),
        "units": row["units"],
        "bbox": row["bbox"],
        "draft": row["draft"],
    }
