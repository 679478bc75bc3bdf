# SPDX-License-Identifier: Apache-2.0
"""Through which servers the records of other servers came, remembered for when they are passed on."""

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.connectors.base import Found
from layers.exchange.tables import feature_trail


def _keep() -> Statement:
    given = (
        func.unnest(*(bindparam(name, type_=ARRAY(Text)) for name in ("layer", "source", "external_id", "hops")))
        .table_valued(*(column(name, Text) for name in ("layer", "source", "external_id", "hops")))
        .render_derived(name="given")
    )
    names = ["layer", "source", "external_id", "hops"]
    statement = insert(feature_trail).from_select(
        names, select(given.c.layer, given.c.source, given.c.external_id, cast(given.c.hops, JSONB))
    )
    return Statement(statement.on_conflict_do_update(index_elements=names[:3], set_={"hops": statement.excluded.hops}))


_KEEP = _keep()


async def keep_trails(connection: Connection, found: Sequence[Found]) -> None:
    """Remember through which servers records came."""
    trails: dict[tuple[str, str, str], str] = {}
    for one in found:
        name = one.record.get("id")
        if one.origin is not None and one.kind == "features" and isinstance(name, str):
            hops = ", ".join(f'"{hop}"' for hop in one.origin.hops)
            trails[one.layer, one.origin.source, name[:200]] = f"[{hops}]"
    if trails:
        rows = sorted(trails.items())
        values = _KEEP.args(
            layer=[key[0] for key, _ in rows],
            source=[key[1] for key, _ in rows],
            external_id=[key[2] for key, _ in rows],
            hops=[hops for _, hops in rows],
        )
        await connection.execute(_KEEP.sql, *values)
