-- SPDX-License-Identifier: Apache-2.0
-- Units ready for tiles. A tile of a version never changes, so it is cut when the version is published: clipping and
-- rounding shapes of thousands of vertices was nearly all of the time that a tile took.

-- Tiles of zooms up to ready_zoom are ready. Deeper ones are cut from pieces of full detail, one for each tile of
-- ready_zoom: the pieces' z is ready_zoom + 1, their x and y are those of the tile of ready_zoom.
alter table unit_set_version add column ready_zoom smallint;

-- shape and label are in units of the tile; a piece is in metres of EPSG:3857, and has no label.
create table unit_tile (
    version bigint not null references unit_set_version on delete cascade,
    z smallint not null,
    x integer not null,
    y integer not null,
    unit bigint not null references unit on delete cascade,
    shape geometry,
    label geometry,
    primary key (version, z, x, y, unit)
);
-- Short shapes stay in their row.
alter table unit_tile alter column shape set storage main;

-- The squares of a zoom that a box of EPSG:3857 meets, widened by the tile buffer.
create function tiles_of_box(shape geometry, zoom integer) returns table (x integer, y integer)
language sql immutable parallel safe as $$
    with side as (select 40075016.685578488 / (1 << zoom) as m, (1 << zoom) - 1 as last), edge as (
        select greatest(floor((ST_XMin(shape) + 20037508.342789244) / m - 0.016), 0)::integer as west,
               least(floor((ST_XMax(shape) + 20037508.342789244) / m + 0.016), last)::integer as east,
               greatest(floor((20037508.342789244 - ST_YMax(shape)) / m - 0.016), 0)::integer as north,
               least(floor((20037508.342789244 - ST_YMin(shape)) / m + 0.016), last)::integer as south
        from side
    )
    select x, y from edge, generate_series(west, east) x, generate_series(north, south) y
$$;

-- The bands of boundaries/generalise.py.
create function unit_band(zoom integer) returns smallint language sql immutable parallel safe as $$
    select (case when zoom <= 7 then 0 when zoom <= 9 then 1 when zoom <= 11 then 2 when zoom <= 13 then 3
                 else 4 end)::smallint
$$;

-- Cut the tiles of a version. Large units are not cut as deep: vertices times tiles are bounded, to a few seconds.
create function make_unit_tiles(of_version bigint) returns smallint language plpgsql as $$
declare
    top integer;
    side double precision;
begin
    select max(zoom) into top from (
        select zoom from generate_series(0, 16) zoom
        join unit_tile_geom g on g.version = of_version and g.band = 4
        group by zoom
        having sum(ST_NPoints(geom_3857) * (1 + (ST_XMax(geom_3857) - ST_XMin(geom_3857)) / 40075016.7 * (1 << zoom))
                   * (1 + (ST_YMax(geom_3857) - ST_YMin(geom_3857)) / 40075016.7 * (1 << zoom))) < 3e7
    ) cheap;
    top := coalesce(top, 0);
    side := 40075016.685578488 / (1 << top);
    delete from unit_tile where version = of_version;
    insert into unit_tile
    select of_version, zoom, at.x, at.y, g.unit, cut.shape, cut.label
    from generate_series(0, top) zoom
    join unit_tile_geom g on g.version = of_version and g.band = unit_band(zoom)
    join unit u on u.id = g.unit
    cross join lateral tiles_of_box(ST_Collect(g.geom_3857, u.label_3857), zoom) at
    cross join lateral (
        select ST_AsMVTGeom(g.geom_3857, box, 4096, 64, true) as shape,
               ST_AsMVTGeom(u.label_3857, box, 4096, 64, true) as label
        from (select ST_TileEnvelope(zoom, at.x, at.y) as box) square offset 0
    ) cut
    where cut.shape is not null or cut.label is not null;
    -- Cut with twice the buffer, so that the cut itself is in no tile.
    insert into unit_tile
    select of_version, top + 1, at.x, at.y, g.unit, cut.shape
    from unit_tile_geom g
    join unit u on u.id = g.unit
    cross join lateral tiles_of_box(ST_Collect(g.geom_3857, u.label_3857), top) at
    cross join lateral (
        select ST_CollectionExtract(ST_ClipByBox2D(g.geom_3857,
                   ST_Expand(ST_TileEnvelope(top, at.x, at.y), side / 32)::box2d), 3) as shape offset 0
    ) cut
    where g.version = of_version and g.band = 4 and not ST_IsEmpty(cut.shape);
    update unit_set_version set ready_zoom = top where id = of_version;
    return top;
end $$;

-- That tiles were cut is told by the units that were stored before, in the same transaction.
create or replace function log_units_valid() returns trigger language plpgsql as $$
begin
    insert into change_log (layer, op, affected)
    select 'units', 'bulk', count(*) from old_rows o join new_rows n using (id)
    where to_jsonb(o) - 'ready_zoom' is distinct from to_jsonb(n) - 'ready_zoom'
    having count(*) > 0;
    return null;
end $$;

select make_unit_tiles(id) from unit_set_version order by id;
