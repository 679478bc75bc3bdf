-- SPDX-License-Identifier: Apache-2.0
-- Folds: how many points of a layer lie in each cell of a grid, so that a tile over a million points reads thousands of
-- rows. A cell of level L is a tile of zoom L of the web mercator quad (x from the west, y from the north).
--
-- Every writer's transaction leaves signed differences in feature_fold_delta; settle_folds() moves them into
-- feature_fold. What counts is always the sum of both, so a reader never waits for the move, and writers never wait for
-- each other. All sums are whole numbers: what is taken away cancels exactly what was added.

-- The layers that fold, and the rule by which their points are ranked (see layers/folds.py): another rule, another count.
create table feature_fold_layer (
    layer text primary key,
    rule text not null
);

-- n1 to n7 count by rank what still matters (7 is the worst); n counts everything. sum_x and sum_y are places on a grid of
-- 2^30 steps along the world's side. ids is the exclusive or of the ids: where n is 1, it is the id.
create table feature_fold (
    layer text not null,
    level smallint not null,
    y integer not null,
    x integer not null,
    n bigint not null,
    n1 integer not null,
    n2 integer not null,
    n3 integer not null,
    n4 integer not null,
    n5 integer not null,
    n6 integer not null,
    n7 integer not null,
    sum_x bigint not null,
    sum_y bigint not null,
    ids bigint not null,
    primary key (layer, level, y, x)
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Cells of level 20. Rank 0 is what is over (resolved, dismissed).
create table feature_fold_delta (
    layer text not null,
    y integer not null,
    x integer not null,
    rank smallint not null,
    n integer not null,
    sum_x bigint not null,
    sum_y bigint not null,
    ids bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 50000);
create index feature_fold_delta_place on feature_fold_delta (layer, y, x);

create function fold_x(place geometry) returns integer language sql immutable parallel safe as $$
    select least(greatest(floor((ST_X(place) + 20037508.342789244) * (1073741824 / 40075016.685578488)), 0),
                 1073741823)::integer
$$;
create function fold_y(place geometry) returns integer language sql immutable parallel safe as $$
    select least(greatest(floor((20037508.342789244 - ST_Y(place)) * (1073741824 / 40075016.685578488)), 0),
                 1073741823)::integer
$$;

-- The rank of a point; null in layers that do not fold. The catalog writes it from the layers' choices. A function and no
-- table: its text is read when a write begins, whatever older snapshot the writer's transaction keeps.
-- Not parallel safe on purpose: no statement on tiles is to wait for parallel workers, which start in 30 ms.
create function fold_rank(of_layer text, kind text, severity text, status text, properties jsonb) returns smallint
language sql immutable as $$ select null::smallint $$;

create function fold_inserted() returns trigger language plpgsql as $$
begin
    insert into feature_fold_delta (layer, y, x, rank, n, sum_x, sum_y, ids)
    select layer, y >> 10, x >> 10, rank, count(*), sum(x), sum(y), bit_xor(id)
    from (select layer, id, fold_x(geom_3857) as x, fold_y(geom_3857) as y,
                 fold_rank(layer, kind, severity, status, properties) as rank
          from new_rows
          where GeometryType(geom_3857) = 'POINT' and not ST_IsEmpty(geom_3857)) point
    where rank is not null
    group by 1, 2, 3, 4;
    return null;
end $$;

create function fold_updated() returns trigger language plpgsql as $$
begin
    insert into feature_fold_delta (layer, y, x, rank, n, sum_x, sum_y, ids)
    select layer, y >> 10, x >> 10, rank, sum(sign), sum(sign * x::bigint), sum(sign * y::bigint), bit_xor(id)
    from (select layer, id, fold_x(geom_3857) as x, fold_y(geom_3857) as y,
                 fold_rank(layer, kind, severity, status, properties) as rank, 1 as sign
          from new_rows
          where GeometryType(geom_3857) = 'POINT' and not ST_IsEmpty(geom_3857)
          union all
          select layer, id, fold_x(geom_3857), fold_y(geom_3857),
                 fold_rank(layer, kind, severity, status, properties), -1
          from old_rows
          where GeometryType(geom_3857) = 'POINT' and not ST_IsEmpty(geom_3857)) point
    where rank is not null
    group by 1, 2, 3, 4
    having sum(sign) <> 0 or sum(sign * x::bigint) <> 0 or sum(sign * y::bigint) <> 0 or bit_xor(id) <> 0;
    return null;
end $$;

create function fold_deleted() returns trigger language plpgsql as $$
begin
    insert into feature_fold_delta (layer, y, x, rank, n, sum_x, sum_y, ids)
    select layer, y >> 10, x >> 10, rank, -count(*), -sum(x), -sum(y), bit_xor(id)
    from (select layer, id, fold_x(geom_3857) as x, fold_y(geom_3857) as y,
                 fold_rank(layer, kind, severity, status, properties) as rank
          from old_rows
          where GeometryType(geom_3857) = 'POINT' and not ST_IsEmpty(geom_3857)) point
    where rank is not null
    group by 1, 2, 3, 4;
    return null;
end $$;

create trigger fold_inserted after insert on feature referencing new table as new_rows
    for each statement execute function fold_inserted();
create trigger fold_updated after update on feature referencing old table as old_rows new table as new_rows
    for each statement execute function fold_updated();
create trigger fold_deleted after delete on feature referencing old table as old_rows
    for each statement execute function fold_deleted();

-- Moves what was committed from the differences into the settled cells; answers how many differences. One at a time.
create function settle_folds() returns bigint language plpgsql as $$
declare
    moved bigint;
    layers text[];
    levels smallint[];
    ys integer[];
    xs integer[];
begin
    if not pg_try_advisory_xact_lock(7120005) then
        return 0;
    end if;
    with gone as (
        delete from feature_fold_delta returning *
    ), fine as materialized (
        select layer, y, x, sum(n) as n,
               sum(n) filter (where rank = 1) as n1, sum(n) filter (where rank = 2) as n2,
               sum(n) filter (where rank = 3) as n3, sum(n) filter (where rank = 4) as n4,
               sum(n) filter (where rank = 5) as n5, sum(n) filter (where rank = 6) as n6,
               sum(n) filter (where rank = 7) as n7,
               sum(sum_x) as sum_x, sum(sum_y) as sum_y, bit_xor(ids) as ids, count(*) as moved
        from gone group by layer, y, x
    ), merged as (
        insert into feature_fold as kept
        select layer, level, y >> (20 - level), x >> (20 - level), sum(n),
               coalesce(sum(n1), 0), coalesce(sum(n2), 0), coalesce(sum(n3), 0), coalesce(sum(n4), 0),
               coalesce(sum(n5), 0), coalesce(sum(n6), 0), coalesce(sum(n7), 0),
               sum(sum_x), sum(sum_y), bit_xor(ids)
        from fine cross join unnest('{12,14,16,18,20}'::smallint[]) level
        group by 1, 2, 3, 4
        order by 1, 2, 3, 4
        on conflict (layer, level, y, x) do update set
            n = kept.n + excluded.n, n1 = kept.n1 + excluded.n1, n2 = kept.n2 + excluded.n2,
            n3 = kept.n3 + excluded.n3, n4 = kept.n4 + excluded.n4, n5 = kept.n5 + excluded.n5,
            n6 = kept.n6 + excluded.n6, n7 = kept.n7 + excluded.n7, sum_x = kept.sum_x + excluded.sum_x,
            sum_y = kept.sum_y + excluded.sum_y, ids = kept.ids # excluded.ids
        returning kept.layer, kept.level, kept.y, kept.x, kept.n
    )
    select (select sum(fine.moved) from fine), array_agg(layer), array_agg(level), array_agg(y), array_agg(x)
    into moved, layers, levels, ys, xs
    from merged where n = 0;
    delete from feature_fold f
    using unnest(layers, levels, ys, xs) empty (layer, level, y, x)
    where f.layer = empty.layer and f.level = empty.level and f.y = empty.y and f.x = empty.x;
    return coalesce(moved, 0);
end $$;

-- Counts a layer afresh. The lock lets no writer of the layer slip past: who wrote before is waited for and counted, who
-- comes later finds the new rule.
create function refold(of_layer text) returns void language plpgsql as $$
begin
    if to_regclass('feature_' || of_layer) is not null then
        execute format('lock table %I in share row exclusive mode', 'feature_' || of_layer);
    end if;
    perform pg_advisory_xact_lock(7120005);
    delete from feature_fold_delta where layer = of_layer;
    delete from feature_fold where layer = of_layer;
    insert into feature_fold
    with point as materialized (
        select id, fold_x(geom_3857) as x, fold_y(geom_3857) as y,
               fold_rank(layer, kind, severity, status, properties) as rank
        from feature
        where layer = of_layer and GeometryType(geom_3857) = 'POINT' and not ST_IsEmpty(geom_3857)
    ), fine as materialized (
        select y >> 10 as y, x >> 10 as x, count(*) as n,
               count(*) filter (where rank = 1) as n1, count(*) filter (where rank = 2) as n2,
               count(*) filter (where rank = 3) as n3, count(*) filter (where rank = 4) as n4,
               count(*) filter (where rank = 5) as n5, count(*) filter (where rank = 6) as n6,
               count(*) filter (where rank = 7) as n7,
               sum(x) as sum_x, sum(y) as sum_y, bit_xor(id) as ids
        from point where rank is not null group by 1, 2
    )
    select of_layer, level, y >> (20 - level), x >> (20 - level), sum(n), sum(n1), sum(n2), sum(n3), sum(n4), sum(n5),
           sum(n6), sum(n7), sum(sum_x), sum(sum_y), bit_xor(ids)
    from fine cross join unnest('{12,14,16,18,20}'::smallint[]) level
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4;
end $$;

-- Label points ready for tiles.
alter table unit add column label_3857 geometry(Point, 3857)
    generated always as (ST_Transform(label_point, 3857)) stored;
create index unit_label_3857 on unit using gist (label_3857);
