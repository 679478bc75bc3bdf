# SPDX-License-Identifier: Apache-2.0
"""Statements of the exchange: what a peer is to be told of, and how far it was told. Pure builders."""

from typing import Any

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on, insert

from boundaries.tables import unit, unit_set_version
from geo.db.statement import Statement
from layers.exchange.tables import exchange_state, feature_trail
from layers.metric_tables import indicator_value
from layers.spec import LayerSpec
from layers.tables import feature, feature_history
from layers.where_sql import is_layer

_FACTS = (
    "source", "external_id", "revision", "kind", "severity", "status", "valid_from", "valid_to", "properties",
    "location_method", "location_radius_m", "location_confidence", "recorded_at",
)  # fmt: skip


def _features() -> Any:
    return select(
        feature.c.id,
        *(feature.c[name] for name in _FACTS),
        func.ST_AsBinary(feature.c.geom).label("wkb"),
        unit.c.code.label("unit_code"),
        unit_set_version.c.unit_set,
        feature_trail.c.hops,
    ).select_from(
        feature.outerjoin(unit, unit.c.id == feature.c.location_unit)
        .outerjoin(unit_set_version, unit_set_version.c.id == unit.c.version)
        .outerjoin(
            feature_trail,
            and_(
                feature_trail.c.layer == feature.c.layer,
                feature_trail.c.source == feature.c.source,
                feature_trail.c.external_id == feature.c.external_id,
            ),
        )
    )


def select_features(spec: LayerSpec) -> Statement:
    """Features of these ids, with what an event tells of them."""
    ids = feature.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
    return Statement(_features().where(is_layer(feature.c.layer, spec), ids).order_by(feature.c.id))


def select_features_after(spec: LayerSpec) -> Statement:
    """The next features of a layer by id."""
    after = feature.c.id > bindparam("after", type_=BigInteger)
    return Statement(
        _features()
        .where(is_layer(feature.c.layer, spec), after)
        .order_by(feature.c.id)
        .limit(bindparam("page", type_=Integer))
    )


# The last belief about features that are gone.
SELECT_GONE = Statement(
    select(
        feature_history.c.id,
        feature_history.c.source,
        feature_history.c.external_id,
        feature_history.c.revision,
        feature_history.c.known_to.label("recorded_at"),
        feature_trail.c.hops,
    )
    .ext(distinct_on(feature_history.c.id))
    .select_from(
        feature_history.outerjoin(
            feature_trail,
            and_(
                feature_trail.c.layer == feature_history.c.layer,
                feature_trail.c.source == feature_history.c.source,
                feature_trail.c.external_id == feature_history.c.external_id,
            ),
        )
    )
    .where(
        feature_history.c.layer == bindparam("layer", type_=Text),
        feature_history.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
        feature_history.c.ended_by == "delete",
    )
    .order_by(feature_history.c.id, feature_history.c.known_to.desc())
)

SELECT_VALUES_AFTER = Statement(
    select(
        *(indicator_value.c[name] for name in ("id", "source", "unit_set", "unit_code", "valid_from", "valid_to")),
        *(indicator_value.c[name] for name in ("value", "estimated", "revision", "recorded_at")),
    )
    .where(
        indicator_value.c.indicator == bindparam("layer", type_=Text),
        indicator_value.c.id > bindparam("after", type_=BigInteger),
    )
    .order_by(indicator_value.c.id)
    .limit(bindparam("page", type_=Integer))
)

SELECT_STATE = Statement(select(exchange_state).where(exchange_state.c.source == bindparam("source", type_=Text)))


def _keep_state() -> Any:
    statement = insert(exchange_state).values(
        source=bindparam("source", type_=Text),
        epoch=bindparam("epoch", type_=Text),
        seq=bindparam("seq", type_=BigInteger),
        resync=bindparam("resync", type_=JSONB),
        sent=bindparam("sent", type_=BigInteger),
        sent_at=func.clock_timestamp(),
    )
    excluded = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["source"],
        set_={
            **{name: excluded[name] for name in ("epoch", "seq", "resync", "sent_at")},
            "sent": exchange_state.c.sent + excluded.sent,
        },
    )


KEEP_STATE = Statement(_keep_state())
