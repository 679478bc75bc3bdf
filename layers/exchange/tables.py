# SPDX-License-Identifier: Apache-2.0
"""Tables of the exchange between map servers (see migrations/l011_exchange.sql for what each means)."""

from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

feature_trail = Table(
    "feature_trail",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("hops", JSONB),
)

exchange_state = Table(
    "exchange_state",
    metadata,
    Column("source", Text, primary_key=True),
    Column("epoch", Text),
    Column("seq", BigInteger),
    Column("resync", JSONB),
    Column("sent", BigInteger),
    Column("sent_at", DateTime(timezone=True)),
)
