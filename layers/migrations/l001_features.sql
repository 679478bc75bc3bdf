-- SPDX-License-Identifier: Apache-2.0
-- Features, partitioned by layer only: never by a time that a correction can change.

create sequence feature_id_seq;

create table feature (
    layer text not null,
    id bigint not null default nextval('feature_id_seq'),
    source text not null,
    external_id text not null,
    revision bigint not null default 1,
    kind text,
    severity text,
    status text,
    valid_from timestamptz,
    valid_to timestamptz,
    recorded_at timestamptz not null default clock_timestamp(),
    properties jsonb not null default '{}',
    geom geometry(Geometry, 4326),
    geom_3857 geometry(Geometry, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    location_method text not null default 'unlocated',
    location_radius_m real,
    location_confidence real,
    location_unit bigint references unit,
    h3 bigint,
    content_hash bytea,
    import_id bigint,
    primary key (layer, id),
    unique (layer, source, external_id)
) partition by list (layer);

-- What was believed before: the current row holds from its recorded_at on, these rows from known_from until known_to.
create table feature_history (
    layer text not null,
    id bigint not null,
    source text not null,
    external_id text not null,
    revision bigint not null,
    kind text,
    severity text,
    status text,
    valid_from timestamptz,
    valid_to timestamptz,
    properties jsonb not null,
    geom geometry(Geometry, 4326),
    location_method text not null,
    location_radius_m real,
    location_confidence real,
    location_unit bigint,
    h3 bigint,
    content_hash bytea,
    import_id bigint,
    known_from timestamptz not null,
    known_to timestamptz not null,
    ended_by text not null check (ended_by in ('update', 'delete'))
) partition by range (known_to);
create table feature_history_default partition of feature_history default;
create index feature_history_feature on feature_history (layer, id, known_to);
create index feature_history_import on feature_history (import_id) where import_id is not null;

create table feature_unit (
    layer text not null,
    feature bigint not null,
    version bigint not null references unit_set_version,
    unit bigint not null references unit,
    primary key (layer, feature, version, unit)
);
create index feature_unit_unit on feature_unit (unit, layer);

-- A withdrawn record's last revision, so that a late older revision does not bring it back.
create table withdrawn (
    layer text not null,
    source text not null,
    external_id text not null,
    revision bigint not null,
    withdrawn_at timestamptz not null default clock_timestamp(),
    import_id bigint,
    primary key (layer, source, external_id)
);

create table import (
    id bigint generated always as identity primary key,
    name text not null,
    source text not null,
    layer text not null,
    started_at timestamptz not null default clock_timestamp(),
    undone_at timestamptz
);
-- A name can be used again once its import was undone.
create unique index import_name on import (source, layer, name) where undone_at is null;

create table dead_letter (
    id bigint generated always as identity primary key,
    source text not null,
    layer text not null,
    digest bytea not null,
    position integer not null,
    code text not null,
    detail text not null,
    record bytea not null,
    first_seen timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp(),
    times integer not null default 1,
    unique (source, layer, digest)
);

create function is_maintenance() returns boolean language sql stable as $$
    select coalesce(current_setting('toancanh.maintenance', true), '') = 'on'
$$;

create function feature_before_write() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.layer <> old.layer or new.id <> old.id then
            raise exception 'a feature keeps its layer and its id' using errcode = 'check_violation';
        end if;
        -- Maintenance fills what is derived (the H3 cell) and is neither a new revision nor a new belief.
        if is_maintenance() then
            return new;
        end if;
        if new.revision = old.revision then
            new.revision := old.revision + 1;
        end if;
        -- Edited past the ingest door: what the source sent last no longer describes the row, and the row is no longer
        -- of that import, so that undoing the import keeps the edit. (Same content under a higher revision is no edit.)
        if new.content_hash is not distinct from old.content_hash
           and (new.kind, new.severity, new.status, new.valid_from, new.valid_to, new.properties, new.location_radius_m,
                new.location_unit, new.geom)
               is distinct from
               (old.kind, old.severity, old.status, old.valid_from, old.valid_to, old.properties, old.location_radius_m,
                old.location_unit, old.geom) then
            new.content_hash := null;
            new.import_id := null;
        end if;
        if new.h3 is not distinct from old.h3 and new.geom is distinct from old.geom then
            new.h3 := null;  -- the worker computes it
        end if;
        if new.geom is not null and old.geom is null and new.location_method = old.location_method then
            new.location_method := 'source_coordinates';
        end if;
    elsif new.geom is not null and new.location_method = 'unlocated' then
        new.location_method := 'source_coordinates';
    end if;
    -- Clock time, not transaction time: the row lock is held here, so the beliefs about one feature never overlap.
    new.recorded_at := clock_timestamp();
    return new;
end $$;

create trigger feature_before_write before insert or update on feature
    for each row execute function feature_before_write();

-- The units, of every published generation, in which features lie. A point on a shared border belongs to the unit with
-- the lower id; a shape belongs to every unit whose inside it touches; a record known only to its unit belongs to that
-- unit and to the successors that hold all of it.
create function assign_units(of_layer text, features bigint[], only_version bigint default null) returns void
language sql as $$
    insert into feature_unit (layer, feature, version, unit)
    select distinct on (f.id, u.version) f.layer, f.id, u.version, u.id
    from feature f
    join unit u on u.geom && f.geom and ST_Covers(u.geom, f.geom)
    join unit_set_version v on v.id = u.version and v.status = 'published'
    where f.layer = of_layer and (features is null or f.id = any (features))
      and GeometryType(f.geom) = 'POINT' and (only_version is null or u.version = only_version)
    order by f.id, u.version, u.id
    on conflict do nothing;

    insert into feature_unit (layer, feature, version, unit)
    select f.layer, f.id, u.version, u.id
    from feature f
    join unit u on u.geom && f.geom and ST_Intersects(u.geom, f.geom) and not ST_Touches(u.geom, f.geom)
    join unit_set_version v on v.id = u.version and v.status = 'published'
    where f.layer = of_layer and (features is null or f.id = any (features))
      and GeometryType(f.geom) <> 'POINT' and (only_version is null or u.version = only_version)
    on conflict do nothing;

    insert into feature_unit (layer, feature, version, unit)
    select f.layer, f.id, u.version, u.id
    from feature f
    join unit claimed on claimed.id = f.location_unit
    join unit_set_version cv on cv.id = claimed.version
    join unit_set_version v on v.status = 'published'
    join unit u on u.version = v.id
     and ((v.unit_set = cv.unit_set and u.code = claimed.code)
       or exists (select from unit_lineage l where l.to_unit = u.id and l.from_set = cv.unit_set
                                              and l.from_code = claimed.code and l.share_area >= 0.9999))
    where f.layer = of_layer and (features is null or f.id = any (features)) and f.geom is null
      and (only_version is null or u.version = only_version)
    on conflict do nothing;
$$;

create function units_of(of_layer text, of_feature bigint) returns bigint[] language sql stable as $$
    select array_agg(unit order by unit) from feature_unit where layer = of_layer and feature = of_feature
$$;

create function log_feature_insert() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('toancanh.bulk', true), '') = 'on' then
        insert into change_log (layer, op, new_box, affected)
        select layer, 'bulk', box_of(ST_Extent(geom)::geometry), count(*) from new_rows group by layer;
    else
        insert into change_log (layer, op, feature, revision, new_box)
        select layer, 'insert', id, revision, box_of(geom) from new_rows order by id;
    end if;
    perform assign_units(layer, array_agg(id)) from new_rows group by layer;
    return null;
end $$;

create function log_feature_update() returns trigger language plpgsql as $$
begin
    if not is_maintenance() then
        insert into feature_history
        select o.layer, o.id, o.source, o.external_id, o.revision, o.kind, o.severity, o.status, o.valid_from, o.valid_to,
               o.properties, o.geom, o.location_method, o.location_radius_m, o.location_confidence, o.location_unit, o.h3,
               o.content_hash, o.import_id, o.recorded_at, n.recorded_at, 'update'
        from old_rows o join new_rows n using (layer, id);
    end if;
    if coalesce(current_setting('toancanh.bulk', true), '') = 'on' then
        insert into change_log (layer, op, old_box, new_box, affected)
        select n.layer, 'bulk', box_of(ST_Extent(o.geom)::geometry), box_of(ST_Extent(n.geom)::geometry), count(*)
        from old_rows o join new_rows n using (layer, id) group by n.layer;
    else
        insert into change_log (layer, op, feature, revision, old_box, new_box, old_units)
        select n.layer, 'update', id, n.revision, box_of(o.geom), box_of(n.geom), units_of(n.layer, id)
        from old_rows o join new_rows n using (layer, id) order by id;
    end if;
    -- Only what moved changes its units.
    delete from feature_unit fu using old_rows o join new_rows n using (layer, id)
    where fu.layer = n.layer and fu.feature = n.id
      and (o.geom is distinct from n.geom or o.location_unit is distinct from n.location_unit);
    perform assign_units(n.layer, array_agg(n.id))
    from old_rows o join new_rows n using (layer, id)
    where o.geom is distinct from n.geom or o.location_unit is distinct from n.location_unit
    group by n.layer;
    return null;
end $$;

create function log_feature_delete() returns trigger language plpgsql as $$
declare ended timestamptz := clock_timestamp();
begin
    insert into feature_history
    select layer, id, source, external_id, revision, kind, severity, status, valid_from, valid_to, properties, geom,
           location_method, location_radius_m, location_confidence, location_unit, h3, content_hash, import_id,
           recorded_at, ended, 'delete'
    from old_rows;
    if coalesce(current_setting('toancanh.bulk', true), '') = 'on' then
        insert into change_log (layer, op, old_box, affected)
        select layer, 'bulk', box_of(ST_Extent(geom)::geometry), count(*) from old_rows group by layer;
    else
        insert into change_log (layer, op, feature, revision, old_box, old_units)
        select layer, 'delete', id, revision, box_of(geom), units_of(layer, id) from old_rows order by id;
    end if;
    delete from feature_unit fu using old_rows o where fu.layer = o.layer and fu.feature = o.id;
    return null;
end $$;

create trigger feature_inserted after insert on feature referencing new table as new_rows
    for each statement execute function log_feature_insert();
create trigger feature_updated after update on feature referencing old table as old_rows new table as new_rows
    for each statement execute function log_feature_update();
create trigger feature_deleted after delete on feature referencing old table as old_rows
    for each statement execute function log_feature_delete();

-- TRUNCATE is refused for everyone: it fires no row and no statement trigger with the rows, so it could not be logged.
create function refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception 'TRUNCATE leaves no change; use DELETE' using errcode = 'feature_not_supported';
end $$;
create trigger feature_truncated before truncate on feature for each statement execute function refuse_truncate();
