-- SPDX-License-Identifier: Apache-2.0
-- Administrative units by code system and validity. Two clocks: valid_from/valid_to is the law's, published_at is ours.

create table unit_set (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
    title_vi text not null,
    title_en text not null,
    valid_from date not null,
    valid_to date,
    check (valid_to is null or valid_from < valid_to)
);

create table unit_set_version (
    id bigint generated always as identity primary key,
    unit_set text not null references unit_set,
    number integer not null,
    status text not null check (status in ('published', 'superseded')),
    published_at timestamptz not null default clock_timestamp(),
    superseded_at timestamptz,
    approximate boolean not null default false,
    attribution_vi text,
    attribution_en text,
    licence text,
    content_hash text not null,
    unique (unit_set, number)
);
create unique index one_published_version on unit_set_version (unit_set) where status = 'published';

create table unit (
    id bigint generated always as identity primary key,
    version bigint not null references unit_set_version,
    code text not null,
    name text not null,
    full_name text not null,
    type text not null,
    valid_from date not null,
    valid_to date,
    area_m2 double precision not null,
    geom geometry(MultiPolygon, 4326) not null,
    label_point geometry(Point, 4326) not null,
    unique (version, code)
);
create index unit_geom on unit using gist (geom);

create table unit_lineage (
    to_unit bigint not null references unit,
    from_set text not null,
    from_code text not null,
    share_area double precision not null check (share_area > 0 and share_area <= 1),
    primary key (to_unit, from_set, from_code)
);

-- Generalised as a coverage per zoom band, so that neighbours keep one shared edge at every zoom.
create table unit_tile_geom (
    version bigint not null references unit_set_version,
    unit bigint not null references unit,
    band smallint not null,
    geom_3857 geometry(MultiPolygon, 3857) not null,
    primary key (version, band, unit)
);
create index unit_tile_geom_3857 on unit_tile_geom using gist (geom_3857);

create function log_unit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into change_log (layer, op, old_box, affected)
        select 'units', 'bulk', box_of(ST_Extent(geom)::geometry), count(*) from old_rows having count(*) > 0;
    elsif tg_op = 'INSERT' then
        insert into change_log (layer, op, new_box, affected)
        select 'units', 'bulk', box_of(ST_Extent(geom)::geometry), count(*) from new_rows having count(*) > 0;
    else
        insert into change_log (layer, op, old_box, new_box, affected)
        select 'units', 'bulk',
               (select box_of(ST_Extent(geom)::geometry) from old_rows),
               (select box_of(ST_Extent(geom)::geometry) from new_rows), count(*)
        from new_rows having count(*) > 0;
    end if;
    return null;
end $$;

create trigger unit_inserted after insert on unit referencing new table as new_rows
    for each statement execute function log_unit_change();
create trigger unit_updated after update on unit referencing old table as old_rows new table as new_rows
    for each statement execute function log_unit_change();
create trigger unit_deleted after delete on unit referencing old table as old_rows
    for each statement execute function log_unit_change();
