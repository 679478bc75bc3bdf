# SPDX-License-Identifier: Apache-2.0
"""Tables of sources (see migrations/l009_sources.sql for what each means)."""

from geoalchemy2 import Geometry
from sqlalchemy import REAL, BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

source_state = Table(
    "source_state",
    metadata,
    Column("source", Text, primary_key=True),
    Column("enabled", Boolean),
    Column("cursor", JSONB),
    Column("first_message_at", _MOMENT),
    Column("last_message_at", _MOMENT),
    Column("last_event_at", _MOMENT),
    Column("lag_s", REAL),
    Column("failures", Integer),
    Column("open_until", _MOMENT),
    Column("last_error", JSONB),
)

source_minute = Table(
    "source_minute",
    metadata,
    Column("source", Text, primary_key=True),
    Column("minute", _MOMENT, primary_key=True),
    Column("messages", Integer),
    Column("accepted", Integer),
    Column("rejected", Integer),
)

raw_message = Table(
    "raw_message",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("source", Text),
    Column("received_at", _MOMENT),
    Column("last_at", _MOMENT),
    Column("times", Integer),
    Column("name", Text),
    Column("content_type", Text),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("digest", LargeBinary),
    Column("trace", Text),
    Column("state", Text),
)

placement = Table(
    "placement",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("geom", Geometry("POINT", 4326)),
    Column("unit_set", Text),
    Column("unit_code", Text),
    Column("radius_m", REAL),
    Column("placed_by", Text),
    Column("placed_at", _MOMENT),
)

unlocated_hint = Table(
    "unlocated_hint",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("said", Text),
    Column("reason", Text),
    Column("candidates", JSONB),
)
