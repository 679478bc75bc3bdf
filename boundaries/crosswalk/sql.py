# SPDX-License-Identifier: Apache-2.0
"""Statements of crosswalks. Pure builders, compiled once."""

from sqlalchemy import Column, Date, Float, MetaData, Table, Text, and_, select

from boundaries.tables import unit, unit_lineage, unit_set, unit_set_version
from geo.db.statement import Statement

metadata = MetaData()

# See migrations/b006_crosswalk.sql for what each column means.
crosswalk_set = Table(
    "crosswalk_set",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title_vi", Text),
    Column("title_en", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
)
crosswalk = Table(
    "crosswalk",
    metadata,
    Column("from_set", Text, primary_key=True),
    Column("from_code", Text, primary_key=True),
    Column("from_name", Text),
    Column("to_set", Text, primary_key=True),
    Column("to_code", Text, primary_key=True),
    Column("to_name", Text),
    Column("share_area", Float),
    Column("basis", Text),
    Column("confidence", Text),
    Column("legal_basis", Text),
    Column("effective", Date),
    Column("source", Text),
)

_PUBLISHED = unit_set_version.c.status == "published"

SELECT_FACT_SETS = Statement(select(crosswalk_set).order_by(crosswalk_set.c.valid_from, crosswalk_set.c.id))

SELECT_FACTS = Statement(select(crosswalk).order_by(crosswalk.c.from_code, crosswalk.c.to_code))

SELECT_PUBLISHED_SETS = Statement(
    select(unit_set.c.id, unit_set.c.title_vi, unit_set.c.title_en)
    .join(unit_set_version, and_(unit_set_version.c.unit_set == unit_set.c.id, _PUBLISHED))
    .order_by(unit_set.c.valid_from, unit_set.c.id)
)

SELECT_PUBLISHED_UNITS = Statement(
    select(unit_set_version.c.unit_set, unit.c.code, unit.c.full_name, unit.c.area_m2)
    .join(unit_set_version, and_(unit_set_version.c.id == unit.c.version, _PUBLISHED))
    .order_by(unit.c.code)
)

SELECT_OVERLAPS = Statement(
    select(
        unit_lineage.c.from_set,
        unit_lineage.c.from_code,
        unit_set_version.c.unit_set.label("to_set"),
        unit.c.code.label("to_code"),
        unit_lineage.c.share_area,
        unit_set_version.c.approximate,
    )
    .join(unit, unit.c.id == unit_lineage.c.to_unit)
    .join(unit_set_version, and_(unit_set_version.c.id == unit.c.version, _PUBLISHED))
    .where(unit_lineage.c.from_set != unit_set_version.c.unit_set)
    .order_by(unit_lineage.c.from_code, unit.c.code)
)
