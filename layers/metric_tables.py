# SPDX-License-Identifier: Apache-2.0
"""Tables of indicators and observations (see migrations/l003_metrics.sql for what each means)."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

indicator_value = Table(
    "indicator_value",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("indicator", Text),
    Column("source", Text),
    Column("unit_set", Text),
    Column("unit_code", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("value", Float),
    Column("estimated", Boolean),
    Column("revision", BigInteger),
    Column("recorded_at", _MOMENT),
    Column("content_hash", LargeBinary),
    Column("import_id", BigInteger),
)

indicator_value_history = Table(
    "indicator_value_history",
    metadata,
    *(Column(column.name, column.type) for column in indicator_value.columns if column.name != "recorded_at"),
    Column("known_from", _MOMENT),
    Column("known_to", _MOMENT),
    Column("ended_by", Text),
)

datastream = Table(
    "datastream",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("layer", Text),
    Column("source", Text),
    Column("sensor", Text),
    Column("property", Text),
    Column("unit", Text),
    Column("shown_time", _MOMENT),
)

observation = Table(
    "observation",
    metadata,
    Column("datastream", BigInteger, primary_key=True),
    Column("phenomenon_time", _MOMENT, primary_key=True),
    Column("value", Float),
    Column("quality", Text),
    Column("revision", BigInteger),
    Column("recorded_at", _MOMENT),
)

observation_hour = Table(
    "observation_hour",
    metadata,
    Column("datastream", BigInteger, primary_key=True),
    Column("hour", _MOMENT, primary_key=True),
    Column("counted", Integer),
    Column("left_out", Integer),
    Column("mean", Float),
    Column("minimum", Float),
    Column("maximum", Float),
)
