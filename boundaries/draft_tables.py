# SPDX-License-Identifier: Apache-2.0
"""Tables from a file to a published version (see migrations/b004_drafts.sql for what each column means)."""

from geoalchemy2 import Geometry
from sqlalchemy import REAL, BigInteger, Boolean, Column, Date, DateTime, Float, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

stored_file = Table(
    "stored_file",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("sha256", Text),
    Column("size_bytes", BigInteger),
    Column("name", Text),
    Column("media_type", Text),
    Column("stored_by", Text),
    Column("stored_at", _MOMENT),
)

legal_document = Table(
    "legal_document",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("number", Text),
    Column("issuer", Text),
    Column("title", Text),
    Column("signed_on", Date),
    Column("effective_on", Date),
    Column("file", BigInteger),
    Column("created_by", Text),
    Column("created_at", _MOMENT),
)

boundary_draft = Table(
    "boundary_draft",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("state", Text),
    Column("revision", Integer),
    Column("file", BigInteger),
    Column("producer", Text),
    Column("title", Text),
    Column("base_set", Text),
    Column("base_version", BigInteger),
    Column("unit_set", Text),
    Column("title_vi", Text),
    Column("title_en", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("scope", ARRAY(Text)),
    Column("answers", JSONB),
    Column("repairs", ARRAY(Text)),
    Column("unagreed", JSONB),
    Column("approximate", Boolean),
    Column("attribution_vi", Text),
    Column("attribution_en", Text),
    Column("licence", Text),
    Column("legal_document", BigInteger),
    Column("checked_revision", Integer),
    Column("version", BigInteger),
    Column("sheets", JSONB),
    Column("questions", JSONB),
    Column("effects", JSONB),
    Column("summary", JSONB),
    Column("consequences", JSONB),
    Column("created_by", Text),
    Column("created_at", _MOMENT),
    Column("updated_at", _MOMENT),
    Column("asked_by", Text),
    Column("asked_at", _MOMENT),
    Column("approved_by", Text),
    Column("approved_at", _MOMENT),
)

draft_finding = Table(
    "draft_finding",
    metadata,
    Column("draft", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("code", Text),
    Column("severity", Text),
    Column("fingerprint", Text),
    Column("detail_vi", Text),
    Column("detail_en", Text),
    Column("units", ARRAY(Text)),
    Column("geom", Geometry("GEOMETRY", 4326)),
    Column("measure", Float),
    Column("measure_unit", Text),
    Column("threshold", Float),
    Column("repair", Text),
)

draft_waiver = Table(
    "draft_waiver",
    metadata,
    Column("draft", BigInteger, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("why", Text),
    Column("waived_by", Text),
    Column("waived_at", _MOMENT),
)

draft_change = Table(
    "draft_change",
    metadata,
    Column("draft", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kinds", ARRAY(Text)),
    Column("is_neighbour", Boolean),
    Column("code_before", Text),
    Column("code_after", Text),
    Column("name_before", Text),
    Column("name_after", Text),
    Column("type_before", Text),
    Column("type_after", Text),
    Column("area_before_m2", Float),
    Column("area_after_m2", Float),
    Column("won_m2", Float),
    Column("lost_m2", Float),
    Column("moved_m", Float),
    Column("won", Geometry("MULTIPOLYGON", 4326)),
    Column("lost", Geometry("MULTIPOLYGON", 4326)),
    Column("lineage", JSONB),
)

producer_answers = Table(
    "producer_answers",
    metadata,
    Column("producer", Text, primary_key=True),
    Column("answers", JSONB),
    Column("updated_at", _MOMENT),
)

unit_edge = Table(
    "unit_edge",
    metadata,
    Column("version", BigInteger, primary_key=True),
    Column("code_a", Text, primary_key=True),
    Column("code_b", Text, primary_key=True),
    Column("geom", Geometry("MULTILINESTRING", 4326)),
)

boundary_job = Table(
    "boundary_job",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text),
    Column("subject", BigInteger),
    Column("revision", Integer),
    Column("state", Text),
    Column("step", Text),
    Column("share", REAL),
    Column("cancel_asked", Boolean),
    Column("attempts", Integer),
    Column("problem", JSONB),
    Column("arguments", JSONB),
    Column("created_by", Text),
    Column("created_at", _MOMENT),
    Column("started_at", _MOMENT),
    Column("finished_at", _MOMENT),
)
