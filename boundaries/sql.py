# SPDX-License-Identifier: Apache-2.0
"""Statements of administrative units. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    and_,
    bindparam,
    column,
    func,
    insert,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from boundaries.draft_tables import unit_edge
from boundaries.tables import unit, unit_lineage, unit_set, unit_set_version, unit_tile_geom
from boundaries.validity import VALID_FROM, VALID_TO
from geo.db.statement import Statement

_PUBLISHED = unit_set_version.c.status == "published"


def _rows(**kinds: Any) -> Any:
    arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items())
    return func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in kinds.items())).render_derived()


SELECT_PUBLISHED = Statement(
    select(unit_set_version.c.id, unit_set_version.c.number, unit_set_version.c.content_hash)
    .where(unit_set_version.c.unit_set == bindparam("unit_set", type_=Text), _PUBLISHED)
    .with_for_update()
)


def _keep_set() -> Any:
    names = ("id", "title_vi", "title_en", "valid_from", "valid_to")
    kinds = {name: Date if name.startswith("valid") else Text for name in names}
    statement = upsert(unit_set).values({name: bindparam(name, type_=kind) for name, kind in kinds.items()})
    return statement.on_conflict_do_update(
        index_elements=["id"], set_={name: statement.excluded[name] for name in names if name != "id"}
    )


KEEP_SET = Statement(_keep_set())


def _add_set() -> Any:
    names = ("id", "title_vi", "title_en", "valid_from", "valid_to")
    kinds = {name: Date if name.startswith("valid") else Text for name in names}
    statement = upsert(unit_set).values({name: bindparam(name, type_=kind) for name, kind in kinds.items()})
    return statement.on_conflict_do_nothing()


ADD_SET = Statement(_add_set())

SUPERSEDE = Statement(
    update(unit_set_version)
    .values(status="superseded", superseded_at=func.clock_timestamp())
    .where(unit_set_version.c.unit_set == bindparam("of_set", type_=Text), _PUBLISHED)
)

INSERT_VERSION = Statement(
    insert(unit_set_version)
    .values(
        unit_set=bindparam("unit_set", type_=Text),
        number=bindparam("number", type_=Integer),
        status="published",
        approximate=bindparam("approximate", type_=Boolean),
        attribution_vi=bindparam("attribution_vi", type_=Text),
        attribution_en=bindparam("attribution_en", type_=Text),
        licence=bindparam("licence", type_=Text),
        content_hash=bindparam("content_hash", type_=Text),
    )
    .returning(unit_set_version.c.id)
)

INSERT_DRAFT = Statement(
    insert(unit_set_version)
    .values(
        unit_set=bindparam("unit_set", type_=Text),
        status="draft",
        published_at=null(),
        approximate=bindparam("approximate", type_=Boolean),
        attribution_vi=bindparam("attribution_vi", type_=Text),
        attribution_en=bindparam("attribution_en", type_=Text),
        licence=bindparam("licence", type_=Text),
        content_hash=bindparam("content_hash", type_=Text),
    )
    .returning(unit_set_version.c.id)
)


def _insert_units() -> Any:
    names = ("code", "name", "full_name", "type", "valid_from", "valid_to", "area_m2")
    rows = _rows(
        code=Text,
        name=Text,
        full_name=Text,
        type=Text,
        valid_from=Date,
        valid_to=Date,
        area_m2=Float,
        wkb=LargeBinary,
        label=LargeBinary,
    )
    return (
        insert(unit)
        .from_select(
            ["version", *names, "geom", "label_point"],
            select(
                bindparam("version", type_=BigInteger),
                *(rows.c[name] for name in names),
                func.ST_GeomFromWKB(rows.c.wkb, 4326),
                func.ST_GeomFromWKB(rows.c.label, 4326),
            ),
        )
        .returning(unit.c.id, unit.c.code)
    )


INSERT_UNITS = Statement(_insert_units())


def _insert_lineage() -> Any:
    rows = _rows(to_unit=BigInteger, from_set=Text, from_code=Text, share_area=Float)
    return insert(unit_lineage).from_select(["to_unit", "from_set", "from_code", "share_area"], select(*rows.c))


INSERT_LINEAGE = Statement(_insert_lineage())


def _copy_lineage() -> Any:
    """The published version's, for the units of a version that have the same codes."""
    old, new = unit.alias("old"), unit.alias("new")
    return insert(unit_lineage).from_select(
        ["to_unit", "from_set", "from_code", "share_area"],
        select(new.c.id, unit_lineage.c.from_set, unit_lineage.c.from_code, unit_lineage.c.share_area)
        .join(old, old.c.id == unit_lineage.c.to_unit)
        .join(unit_set_version, unit_set_version.c.id == old.c.version)
        .join(new, and_(new.c.version == bindparam("version", type_=BigInteger), new.c.code == old.c.code))
        .where(_PUBLISHED, unit_set_version.c.unit_set == bindparam("of_set", type_=Text)),
    )


COPY_LINEAGE = Statement(_copy_lineage())


def _insert_edges() -> Any:
    rows = _rows(code_a=Text, code_b=Text, wkb=LargeBinary)
    return insert(unit_edge).from_select(
        ["version", "code_a", "code_b", "geom"],
        select(
            bindparam("version", type_=BigInteger), rows.c.code_a, rows.c.code_b, func.ST_GeomFromWKB(rows.c.wkb, 4326)
        ),
    )


INSERT_EDGES = Statement(_insert_edges())


def _insert_tile_geoms() -> Any:
    rows = _rows(unit=BigInteger, band=SmallInteger, wkb=LargeBinary)
    return insert(unit_tile_geom).from_select(
        ["version", "unit", "band", "geom_3857"],
        select(
            bindparam("version", type_=BigInteger),
            rows.c.unit,
            rows.c.band,
            func.ST_Multi(func.ST_GeomFromWKB(rows.c.wkb, 3857)),
        ),
    )


INSERT_TILE_GEOMS = Statement(_insert_tile_geoms())

MAKE_TILES = Statement(select(func.make_unit_tiles(bindparam("version", type_=BigInteger))))


def _sets() -> Any:
    extent = (
        select(
            func.count().label("units"),
            func.box_of(func.ST_SetSRID(func.ST_Extent(unit.c.geom), 4326), type_=ARRAY(Float)).label("bbox"),
        )
        .where(unit.c.version == unit_set_version.c.id)
        .lateral("extent")
    )
    credit = ("approximate", "attribution_vi", "attribution_en", "licence")
    return (
        select(
            *(unit_set.c[name] for name in ("id", "title_vi", "title_en", "valid_from", "valid_to")),
            unit_set_version.c.id.label("version_id"),
            unit_set_version.c.number.label("version"),
            unit_set_version.c.published_at,
            *(unit_set_version.c[name] for name in credit),
            extent.c.units,
            extent.c.bbox,
        )
        .select_from(
            unit_set.join(unit_set_version, and_(unit_set_version.c.unit_set == unit_set.c.id, _PUBLISHED)).join(
                extent, true()
            )
        )
        .where(extent.c.bbox.is_not(None))
        .order_by(unit_set.c.valid_from, unit_set.c.id)
    )


SETS = _sets()

_UNIT_COLUMNS = (
    unit.c.id,
    unit_set_version.c.unit_set,
    unit.c.code,
    unit.c.name,
    unit.c.full_name,
    unit.c.type,
    VALID_FROM.label("valid_from"),
    VALID_TO.label("valid_to"),
)

UNIT = (
    select(
        *_UNIT_COLUMNS,
        unit.c.area_m2,
        func.box_of(unit.c.geom, type_=ARRAY(Float)).label("bbox"),
        func.ST_X(unit.c.label_point).label("label_lon"),
        func.ST_Y(unit.c.label_point).label("label_lat"),
    )
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
    .where(
        _PUBLISHED,
        unit_set_version.c.unit_set == bindparam("unit_set", type_=Text),
        unit.c.code == bindparam("code", type_=Text),
    )
)

UNITS_AT = (
    select(*_UNIT_COLUMNS)
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
    .where(
        _PUBLISHED,
        func.ST_Covers(
            unit.c.geom,
            func.ST_SetSRID(func.ST_Point(bindparam("lon", type_=Float), bindparam("lat", type_=Float)), 4326),
        ),
    )
    .order_by(VALID_FROM, unit.c.id)
)


def _relatives(*, predecessors: bool) -> Any:
    """Units of other published sets that a unit came from, or that came from it."""
    older, newer = unit.alias("older"), unit.alias("newer")
    older_version, newer_version = unit_set_version.alias("ov"), unit_set_version.alias("nv")
    answer, answer_version = (older, older_version) if predecessors else (newer, newer_version)
    given = newer if predecessors else older
    return (
        select(
            answer_version.c.unit_set,
            answer.c.code,
            answer.c.full_name.label("name"),
            unit_lineage.c.share_area.label("share"),
        )
        .select_from(unit_lineage)
        .join(newer, newer.c.id == unit_lineage.c.to_unit)
        .join(newer_version, and_(newer_version.c.id == newer.c.version, newer_version.c.status == "published"))
        .join(
            older_version,
            and_(older_version.c.unit_set == unit_lineage.c.from_set, older_version.c.status == "published"),
        )
        .join(older, and_(older.c.version == older_version.c.id, older.c.code == unit_lineage.c.from_code))
        .where(given.c.id == bindparam("unit", type_=BigInteger))
        .order_by(unit_lineage.c.share_area.desc(), answer.c.code)
    )


PREDECESSORS = _relatives(predecessors=True)
SUCCESSORS = _relatives(predecessors=False)
