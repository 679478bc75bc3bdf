# SPDX-License-Identifier: Apache-2.0
"""Tables of administrative units (see migrations/b001_units.sql for what each means)."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

unit_set = Table(
    "unit_set",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title_vi", Text),
    Column("title_en", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

unit_set_version = Table(
    "unit_set_version",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("unit_set", Text),
    Column("number", Integer),
    Column("status", Text),
    Column("published_at", DateTime(timezone=True)),
    Column("superseded_at", DateTime(timezone=True)),
    Column("approximate", Boolean),
    Column("attribution_vi", Text),
    Column("attribution_en", Text),
    Column("licence", Text),
    Column("content_hash", Text),
    Column("ready_zoom", SmallInteger),
)

unit = Table(
    "unit",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("version", BigInteger),
    Column("code", Text),
    Column("name", Text),
    Column("full_name", Text),
    Column("type", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("area_m2", Float),
    Column("geom", Geometry("MULTIPOLYGON", 4326)),
    Column("label_point", Geometry("POINT", 4326)),
    Column("label_3857", Geometry("POINT", 3857)),  # generated
)

unit_lineage = Table(
    "unit_lineage",
    metadata,
    Column("to_unit", BigInteger, primary_key=True),
    Column("from_set", Text, primary_key=True),
    Column("from_code", Text, primary_key=True),
    Column("share_area", Float),
)

unit_tile_geom = Table(
    "unit_tile_geom",
    metadata,
    Column("version", BigInteger, primary_key=True),
    Column("unit", BigInteger, primary_key=True),
    Column("band", SmallInteger, primary_key=True),
    Column("geom_3857", Geometry("MULTIPOLYGON", 3857)),
)

# Cut for tiles (see migrations/b003_unit_tiles.sql).
unit_tile = Table(
    "unit_tile",
    metadata,
    Column("version", BigInteger, primary_key=True),
    Column("z", SmallInteger, primary_key=True),
    Column("x", Integer, primary_key=True),
    Column("y", Integer, primary_key=True),
    Column("unit", BigInteger, primary_key=True),
    Column("shape", Geometry()),
    Column("label", Geometry()),
)
