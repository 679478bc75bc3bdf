# SPDX-License-Identifier: Apache-2.0
"""Tables of features (see migrations/l001_features.sql for what each means)."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    BigInteger,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_MOMENT = DateTime(timezone=True)

feature = Table(
    "feature",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("source", Text),
    Column("external_id", Text),
    Column("revision", BigInteger),
    Column("kind", Text),
    Column("severity", Text),
    Column("status", Text),
    Column("valid_from", _MOMENT),
    Column("valid_to", _MOMENT),
    Column("recorded_at", _MOMENT),
    Column("properties", JSONB),
    Column("geom", Geometry("GEOMETRY", 4326)),
    Column("geom_3857", Geometry("GEOMETRY", 3857)),
    Column("location_method", Text),
    Column("location_radius_m", REAL),
    Column("location_confidence", REAL),
    Column("location_unit", BigInteger),
    Column("h3", BigInteger),
    Column("content_hash", LargeBinary),
    Column("import_id", BigInteger),
)

feature_history = Table(
    "feature_history",
    metadata,
    *(
        Column(column.name, column.type)
        for column in feature.columns
        if column.name not in ("recorded_at", "geom_3857")
    ),
    Column("known_from", _MOMENT),
    Column("known_to", _MOMENT),
    Column("ended_by", Text),
)

feature_unit = Table(
    "feature_unit",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("feature", BigInteger, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("unit", BigInteger, primary_key=True),
)

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("revision", BigInteger),
    Column("withdrawn_at", _MOMENT),
    Column("import_id", BigInteger),
)

import_run = Table(
    "import",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", Text),
    Column("source", Text),
    Column("layer", Text),
    Column("started_at", _MOMENT),
    Column("undone_at", _MOMENT),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("source", Text),
    Column("layer", Text),
    Column("digest", LargeBinary),
    Column("position", Integer),
    Column("code", Text),
    Column("detail", Text),
    Column("record", LargeBinary),
    Column("first_seen", _MOMENT),
    Column("last_seen", _MOMENT),
    Column("times", Integer),
    Column("message", BigInteger),
    Column("kind", Text),
    Column("closed_at", _MOMENT),
    Column("closed_by", Text),
    Column("closed_why", Text),
    Column("closed_who", Text),
)

# Counts by cell (see migrations/l005_folds.sql).
feature_fold = Table(
    "feature_fold",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("y", Integer, primary_key=True),
    Column("x", Integer, primary_key=True),
    Column("n", BigInteger),
    *(Column(f"n{rank}", Integer) for rank in range(1, 8)),
    Column("sum_x", BigInteger),
    Column("sum_y", BigInteger),
    Column("ids", BigInteger),
)

feature_fold_delta = Table(
    "feature_fold_delta",
    metadata,
    Column("layer", Text),
    Column("y", Integer),
    Column("x", Integer),
    Column("rank", SmallInteger),
    Column("n", Integer),
    Column("sum_x", BigInteger),
    Column("sum_y", BigInteger),
    Column("ids", BigInteger),
)

# What each layer holds (see migrations/l007_tally.sql).
feature_tally = Table(
    "feature_tally",
    metadata,
    Column("layer", Text),
    Column("n", BigInteger),
    Column("unlocated", BigInteger),
    Column("unit_only", BigInteger),
    Column("latest", _MOMENT),
)
