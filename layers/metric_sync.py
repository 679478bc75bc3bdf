# SPDX-License-Identifier: Apache-2.0
"""Bring PostGIS to the catalog for metrics: months of observations, a view of each indicator, rights. Idempotent."""

from collections.abc import Iterable

from psycopg2.extensions import cursor as PgCursor
from psycopg2.sql import SQL, Composable, Identifier, Literal

from geo.db.pool import AREA_ROLE
from layers.spec import LayerSpec

# Row-level security, the second lock: what a reader with an area sees of each table.
_SEEN_UNITS = "any (string_to_array(current_setting('toancanh.units', true), ',')::bigint[])"
_AREA_POLICIES = {
    **dict.fromkeys(
        ("indicator_value", "indicator_value_history"),
        "exists (select from unit u join unit_set_version v on v.id = u.version and v.status = 'published' "
        f"where v.unit_set = {{table}}.unit_set and u.code = {{table}}.unit_code and u.id = {_SEEN_UNITS})",
    ),
    # Through the sensor's own policy.
    "datastream": "exists (select from feature f where f.layer = datastream.layer and f.source = datastream.source "
    "and f.external_id = datastream.sensor)",
    **dict.fromkeys(
        ("observation", "observation_history", "observation_hour"),
        "exists (select from datastream d where d.id = {table}.datastream)",
    ),
}


def sync_metrics(cursor: PgCursor, specs: Iterable[LayerSpec]) -> None:
    """Months of observations about now, and a view of each indicator for people who open PostGIS in QGIS."""
    cursor.execute("select make_observation_partitions(current_date)")
    for spec in specs:
        if spec.store == "indicator":
            _make_view(cursor, spec)


def lock_metrics(cursor: PgCursor, serving_role: str) -> None:
    """Row-level security behind the explicit predicate, as for features."""
    for table, sees in _AREA_POLICIES.items():
        name, area = Identifier(table), Identifier(AREA_ROLE)
        _run(cursor, "alter table {table} enable row level security", table=name)
        _run(cursor, "drop policy if exists serving on {table}", table=name)
        _run(cursor, "drop policy if exists area on {table}", table=name)
        _run(
            cursor,
            "create policy serving on {table} to {role} using (true) with check (true)",
            table=name,
            role=Identifier(serving_role),
        )
        _run(
            cursor,
            "create policy area on {table} for select to {area} using ({sees})",
            table=name,
            area=area,
            sees=SQL(sees).format(table=name),
        )
        _run(cursor, "grant select on {table} to {area}", table=name, area=area)


def _make_view(cursor: PgCursor, spec: LayerSpec) -> None:
    view = Identifier(f"layer_{spec.id}")
    _run(cursor, "drop view if exists {view}", view=view)
    _run(
        cursor,
        "create view {view} as select i.id, i.unit_set, i.unit_code as code, u.full_name as name, "
        "period_name(i.valid_from, i.valid_to) as period, i.valid_from, i.valid_to, i.value, i.estimated, i.source, "
        "i.revision, i.recorded_at, u.geom from indicator_value i "
        "join unit_set_version v on v.unit_set = i.unit_set and v.status = 'published' "
        "join unit u on u.version = v.id and u.code = i.unit_code where i.indicator = {indicator}",
        view=view,
        indicator=Literal(spec.id),
    )


def _run(cursor: PgCursor, template: str, **parts: Composable) -> None:
    cursor.execute(SQL(template).format(**parts))
