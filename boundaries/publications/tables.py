# SPDX-License-Identifier: Apache-2.0
"""Tables of publications (see migrations/b005_publications.sql for what each column means)."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

publication = Table(
    "publication",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text),
    Column("at", _MOMENT),
    Column("by", Text),
    Column("approved_by", Text),
    Column("draft", BigInteger),
    Column("reverts", BigInteger),
    Column("unit_set", Text),
    Column("version", BigInteger),
    Column("number", Integer),
    Column("effective_from", Date),
    Column("legal_document", BigInteger),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("consequences", JSONB),
)

unit_set_state = Table(
    "unit_set_state",
    metadata,
    Column("unit_set", Text, primary_key=True),
    Column("version", BigInteger),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("known_from", _MOMENT, primary_key=True),
    Column("known_to", _MOMENT),
)
