# SPDX-License-Identifier: Apache-2.0
"""The table of underlays (see migrations/b007_underlays.sql for what each column means)."""

from sqlalchemy import BigInteger, Column, DateTime, Float, MetaData, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

boundary_underlay = Table(
    "boundary_underlay",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("draft", BigInteger),
    Column("file", BigInteger),
    Column("state", Text),
    Column("crs", Text),
    Column("findings", JSONB),
    Column("facts", JSONB),
    Column("raster_sha256", Text),
    Column("raster_bytes", BigInteger),
    Column("min_zoom", SmallInteger),
    Column("max_zoom", SmallInteger),
    Column("bbox", ARRAY(Float)),
    Column("created_by", Text),
    Column("created_at", DateTime(timezone=True)),
    Column("ready_at", DateTime(timezone=True)),
)
