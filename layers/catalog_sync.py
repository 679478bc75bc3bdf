# SPDX-License-Identifier: Apache-2.0
"""Bring PostGIS to the catalog: a partition, indexes, triggers and a typed view for each layer. Idempotent.

A new partition is made aside and then attached, so that running readers are not blocked while it is built. The caller
holds the migration lock and owns the tables; the serving role gets no DDL.
"""

from collections.abc import Iterable

from psycopg2.extensions import connection as PgConnection
from psycopg2.extensions import cursor as PgCursor
from psycopg2.sql import SQL, Composable, Identifier, Literal

from geo.db.pool import AREA_ROLE
from layers.folds import sync_folds
from layers.metric_sync import lock_metrics, sync_metrics
from layers.spec import FieldSpec, LayerSpec

_SQL_TYPES = {
    "string": "text",
    "choice": "text",
    "datetime": "timestamptz",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
}
_VIEW_COLUMNS = ("id", "source", "external_id", "revision", "valid_from", "valid_to", "recorded_at", "geom")
_AREA_TABLES = (
    "feature",
    "feature_history",
    "feature_unit",
    "unit",
    "unit_set",
    "unit_set_version",
    "unit_lineage",
    "unit_tile_geom",
    "unit_tile",
    "unit_set_state",
)
_WRITABLE = ("source", "external_id", "valid_from", "valid_to", "geom")


def sync_catalog(connection: PgConnection, specs: Iterable[LayerSpec], serving_role: str | None) -> list[str]:
    """Create what is missing.

    Args:
        connection: psycopg2 connection of the owner, inside the caller's transaction.
        specs: the layers; only those stored as features need anything.
        serving_role: who gets rights, ``None`` when server and owner are one role.

    Returns:
        The ids of the layers whose partition was made now.
    """
    made, known = [], list(specs)
    with connection.cursor() as cursor:
        sync_metrics(cursor, known)
        for spec in known:
            if spec.store != "feature":
                continue
            if _make_partition(cursor, spec):
                made.append(spec.id)
            _make_queryable_indexes(cursor, spec)
            _make_view(cursor, spec)
        sync_folds(cursor, known)
        if serving_role is not None:
            _grant(cursor, serving_role)
    return made


def _make_partition(cursor: PgCursor, spec: LayerSpec) -> bool:
    name = f"feature_{spec.id}"
    cursor.execute("select to_regclass(%s) is not null", (name,))
    if cursor.fetchone() == (True,):
        return False
    table = Identifier(name)
    _run(
        cursor,
        "create table {table} (like feature including defaults including generated including constraints)",
        table=table,
    )
    _run(
        cursor,
        "alter table {table} add check (layer = {layer}), alter column layer set default {layer}",
        table=table,
        layer=Literal(spec.id),
    )
    for trigger, event, rows in (
        ("feature_inserted", "insert", "new table as new_rows"),
        ("feature_updated", "update", "old table as old_rows new table as new_rows"),
        ("feature_deleted", "delete", "old table as old_rows"),
    ):
        # A write straight to the partition fires only the partition's own statement triggers.
        _run(
            cursor,
            "create trigger {trigger} after {event} on {table} referencing {rows} "
            "for each statement execute function {function}()",
            trigger=Identifier(trigger),
            event=SQL(event),
            table=table,
            rows=SQL(rows),
            function=Identifier(f"log_feature_{event}"),
        )
    _run(
        cursor,
        "create trigger feature_truncated before truncate on {table} for each statement "
        "execute function refuse_truncate()",
        table=table,
    )
    for column, method in (("geom", "gist"), ("geom_3857", "gist"), ("valid_from", "btree"), ("h3", "btree")):
        _run(
            cursor,
            "create index {name} on {table} using {method} ({column})",
            name=Identifier(f"{name}_{column}"),
            table=table,
            method=SQL(method),
            column=Identifier(column),
        )
    # The worker looks here for points that other writers stored without a cell.
    _run(
        cursor,
        "create index {name} on {table} (id) where h3 is null",
        name=Identifier(f"{name}_no_cell"),
        table=table,
    )
    _run(
        cursor,
        "alter table feature attach partition {table} for values in ({layer})",
        table=table,
        layer=Literal(spec.id),
    )
    return True


def _make_queryable_indexes(cursor: PgCursor, spec: LayerSpec) -> None:
    # The last end, of the few that have one.
    _run(
        cursor,
        "create index if not exists {name} on {table} (valid_to) where valid_to is not null",
        name=Identifier(f"feature_{spec.id}_valid_to"),
        table=Identifier(f"feature_{spec.id}"),
    )
    for field in spec.queryables:
        column: Composable = Identifier(field.name) if field.is_column else _json_value(field)
        _run(
            cursor,
            "create index if not exists {name} on {table} (({column}))",
            name=Identifier(f"feature_{spec.id}_q_{field.name}"),
            table=Identifier(f"feature_{spec.id}"),
            column=column,
        )


def _make_view(cursor: PgCursor, spec: LayerSpec) -> None:
    """The typed view for people who open PostGIS in QGIS, writable through one INSTEAD OF trigger."""
    view = Identifier(f"layer_{spec.id}")
    columns = [SQL("f.{}").format(Identifier(column)) for column in _VIEW_COLUMNS]
    columns += [SQL("{} as {}").format(_typed_value(field), Identifier(field.name)) for field in spec.fields]
    # Dropped first: a field that left the catalog cannot leave a view by REPLACE. Trigger and grants follow below.
    _run(cursor, "drop view if exists {view}", view=view)
    _run(
        cursor,
        "create view {view} as select {columns} from feature f where f.layer = {layer}",
        view=view,
        columns=SQL(", ").join(columns),
        layer=Literal(spec.id),
    )
    function = Identifier(f"write_layer_{spec.id}")
    real = [field for field in spec.fields if field.is_column]
    jsonb = SQL(", ").join(
        SQL("{}, new.{}").format(Literal(field.name), Identifier(field.name))
        for field in spec.fields
        if not field.is_column
    )
    names = [*_WRITABLE, *(field.name for field in real)]
    values: dict[str, Composable] = {name: SQL("new.{}").format(Identifier(name)) for name in names}
    values["source"] = SQL("coalesce(new.source, 'gis')")
    values["external_id"] = SQL("coalesce(new.external_id, gen_random_uuid()::text)")
    _run(
        cursor,
        """create or replace function {function}() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' then
                delete from feature where layer = {layer} and id = old.id;
                return old;
            elsif tg_op = 'INSERT' then
                insert into feature (layer, properties, {columns})
                values ({layer}, jsonb_strip_nulls(jsonb_build_object({jsonb})), {values})
                returning id into new.id;
                return new;
            end if;
            update feature set properties = jsonb_strip_nulls(properties || jsonb_build_object({jsonb})), {sets}
            where layer = {layer} and id = old.id;
            return new;
        end $$""",
        function=function,
        layer=Literal(spec.id),
        columns=SQL(", ").join(Identifier(name) for name in names),
        values=SQL(", ").join(values[name] for name in names),
        jsonb=jsonb,
        sets=SQL(", ").join(SQL("{} = new.{}").format(Identifier(name), Identifier(name)) for name in names),
    )
    _run(
        cursor,
        "create trigger written instead of insert or update or delete on {view} "
        "for each row execute function {function}()",
        view=view,
        function=function,
    )


def _json_value(field: FieldSpec) -> Composable:
    return SQL("properties ->> {}").format(Literal(field.name))


def _typed_value(field: FieldSpec) -> Composable:
    if field.is_column:
        return SQL("f.{}").format(Identifier(field.name))
    return SQL("(f.properties ->> {})::{}").format(Literal(field.name), SQL(_SQL_TYPES[field.type]))


def lock_areas(cursor: PgCursor, serving_role: str) -> None:
    """Row-level security behind the explicit predicate: the second lock.

    The serving role sees every row (its policy is the constant true, which costs no index); a reader with an area is
    read for as ``AREA_ROLE``, whose policy asks ``feature_unit``.
    """
    _run(
        cursor,
        # An owner without CREATEROLE finds both made by who set the cluster up.
        "do $$ begin create role {area} nologin; exception when duplicate_object or unique_violation "
        "or insufficient_privilege then null; end $$",
        area=Identifier(AREA_ROLE),
    )
    _run(
        cursor,
        "do $$ begin if not pg_has_role({name}, {area_name}, 'member') then grant {area} to {role}; end if; end $$",
        name=Literal(serving_role),
        area_name=Literal(AREA_ROLE),
        area=Identifier(AREA_ROLE),
        role=Identifier(serving_role),
    )
    _run(cursor, "alter table feature enable row level security")
    _run(cursor, "drop policy if exists serving on feature")
    _run(cursor, "drop policy if exists area on feature")
    _run(
        cursor,
        "create policy serving on feature to {role} using (true) with check (true)",
        role=Identifier(serving_role),
    )
    _run(
        cursor,
        "create policy area on feature for select to {area} using (exists (select from feature_unit fu "
        "where fu.layer = feature.layer and fu.feature = feature.id "
        # In a query of its own the setting is read once, and not for each row.
        "and fu.unit = any ("
        "(select string_to_array(current_setting('toancanh.units', true), ',')::bigint[])::bigint[])))",
        area=Identifier(AREA_ROLE),
    )
    _run(cursor, "alter table feature_history enable row level security")
    _run(cursor, "drop policy if exists serving on feature_history")
    _run(cursor, "drop policy if exists area on feature_history")
    _run(
        cursor,
        "create policy serving on feature_history to {role} using (true) with check (true)",
        role=Identifier(serving_role),
    )
    # What was believed then has no row in feature_unit: its place decides.
    _run(
        cursor,
        "create policy area on feature_history for select to {area} using (exists (select from unit u "
        "where u.id = any (string_to_array(current_setting('toancanh.units', true), ',')::bigint[]) "
        "and (u.id = location_unit or ST_Intersects(u.geom, feature_history.geom))))",
        area=Identifier(AREA_ROLE),
    )
    for table in _AREA_TABLES:
        _run(cursor, "grant select on {table} to {area}", table=Identifier(table), area=Identifier(AREA_ROLE))
    lock_metrics(cursor, serving_role)


def _grant(cursor: PgCursor, role: str) -> None:
    """Reads and writes on parents; partitions can only be read, so that nobody writes past the parent."""
    cursor.execute(
        "select relname, relispartition from pg_class where relnamespace = 'public'::regnamespace "
        "and relkind in ('r', 'p', 'v') and relname not in ('alembic_version', 'spatial_ref_sys')"
    )
    for name, is_partition in cursor.fetchall():
        rights = "select" if is_partition else "select, insert, update, delete"
        _run(
            cursor,
            "grant {rights} on {table} to {role}",
            rights=SQL(rights),
            table=Identifier(name),
            role=Identifier(role),
        )
    _run(cursor, "grant usage, select on all sequences in schema public to {role}", role=Identifier(role))
    _run(cursor, "grant select on spatial_ref_sys to {role}", role=Identifier(role))


def _run(cursor: PgCursor, template: str, **parts: Composable) -> None:
    cursor.execute(SQL(template).format(**parts))
