# SPDX-License-Identifier: Apache-2.0
"""Tables of device checks (see migrations/l010_device_checks.sql for what each means)."""

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

device_check = Table(
    "device_check",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("status", Text),
    Column("since", _MOMENT),
    Column("checked_at", _MOMENT),
    Column("answered_at", _MOMENT),
    Column("failures", Integer),
    Column("failing_since", _MOMENT),
    Column("problem", Text),
    Column("said", Text),
    Column("facts", JSONB),
    Column("shown", JSONB),
)

device_change = Table(
    "device_change",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("at", _MOMENT, primary_key=True),
    Column("status", Text),
    Column("problem", Text),
)
