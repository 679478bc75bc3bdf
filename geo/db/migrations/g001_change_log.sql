-- SPDX-License-Identifier: Apache-2.0
-- The change log: every writer's transaction leaves its changes in change_log; one relay moves them, in commit order,
-- into live_log, whose seq has no gaps. Boxes are float8[4] (west, south, east, north) in lon/lat degrees.

create table change_log (
    id bigint generated always as identity primary key,
    layer text not null,
    op text not null check (op in ('insert', 'update', 'delete', 'bulk')),
    feature bigint,
    revision bigint,
    old_box double precision[],
    new_box double precision[],
    -- The units in which the feature lay before: who may see those units must learn that it left.
    old_units bigint[],
    affected bigint not null default 1
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 50000);

create table live_log (
    seq bigint primary key,
    layer text not null,
    op text not null,
    feature bigint,
    revision bigint,
    old_box double precision[],
    new_box double precision[],
    old_units bigint[],
    affected bigint not null,
    committed_at timestamptz,
    relayed_at timestamptz not null
);
create index live_log_relayed_at on live_log using brin (relayed_at);

-- One row. The epoch changes when a backup is restored: a client that holds an id of another epoch starts afresh.
create table live_head (
    one boolean primary key default true check (one),
    epoch text not null,
    seq bigint not null
);
insert into live_head (epoch, seq) values (substr(md5(random()::text || clock_timestamp()::text), 1, 12), 0);

create function box_of(g geometry) returns double precision[]
language sql immutable parallel safe as $$
    select case when g is null or ST_IsEmpty(g) then null
                else array[ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g)] end
$$;

-- EPSG:9213, VN-2000 / TM-3 zone 106-30: missing from PostGIS 3.3. The rotations carry the position-vector signs that
-- +towgs84 wants (EPSG:6960 states them in the coordinate-frame convention). Golden point: 105.84, 21.59 is
-- 431463.303, 2388417.905.
insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) values (9213, 'EPSG', 9213,
'PROJCS["VN-2000 / TM-3 106-30",GEOGCS["VN-2000",DATUM["Vietnam_2000",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],TOWGS84[-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278],AUTHORITY["EPSG","6756"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4756"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",106.5],PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AUTHORITY["EPSG","9213"]]',
'+proj=tmerc +lat_0=0 +lon_0=106.5 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 +units=m +no_defs')
on conflict (srid) do nothing;
