-- SPDX-License-Identifier: Apache-2.0
-- What each layer holds, so that nobody has to count its rows: every writing statement leaves signed differences, and what
-- counts is their sum. Nobody waits for anybody, and what a transaction did not commit is not in it.

-- latest is the newest recorded_at that was ever there: when something last arrived.
create table feature_tally (
    layer text not null,
    n bigint not null,
    unlocated bigint not null,
    unit_only bigint not null,
    latest timestamptz
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 50000);

-- Adds up what was committed; answers how many differences. One at a time, and only when it is worth it.
create function settle_tally() returns bigint language plpgsql as $$
declare settled bigint;
begin
    if not pg_try_advisory_xact_lock(7120007) or (select count(*) from feature_tally) < 200 then
        return 0;
    end if;
    with gone as (
        delete from feature_tally returning *
    ), kept as (
        insert into feature_tally
        select layer, sum(n), sum(unlocated), sum(unit_only), max(latest) from gone group by layer
    )
    select count(*) into settled from gone;
    return settled;
end $$;

-- The three triggers as they are from now on: they find units with the places that they hold (l006), and leave a tally.
create or replace function log_feature_insert() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('toancanh.bulk', true), '') = 'on' then
        insert into change_log (layer, op, new_box, affected)
        select layer, 'bulk', box_of(ST_Extent(geom)::geometry), count(*) from new_rows group by layer;
    else
        insert into change_log (layer, op, feature, revision, new_box)
        select layer, 'insert', id, revision, box_of(geom) from new_rows order by id;
    end if;
    insert into feature_tally
    select layer, count(*), count(*) filter (where geom is null and location_unit is null),
           count(*) filter (where geom is null and location_unit is not null), max(recorded_at)
    from new_rows group by layer;
    perform place_features(layer, array_agg(id), array_agg(geom), array_agg(location_unit)) from new_rows group by layer;
    return null;
end $$;

create or replace function log_feature_update() returns trigger language plpgsql
-- A plan that is kept knows only how many rows its first run had: joined row by row, 500 rows make 250,000 pairs.
set plan_cache_mode = force_custom_plan
as $$
declare
    -- Named in each statement, for without a parameter every plan is kept.
    rows_changed bigint := (select count(*) from new_rows);
begin
    -- An upsert that only inserted comes here as well.
    if rows_changed = 0 then
        return null;
    end if;
    if not is_maintenance() then
        insert into feature_history
        select o.layer, o.id, o.source, o.external_id, o.revision, o.kind, o.severity, o.status, o.valid_from, o.valid_to,
               o.properties, o.geom, o.location_method, o.location_radius_m, o.location_confidence, o.location_unit, o.h3,
               o.content_hash, o.import_id, o.recorded_at, n.recorded_at, 'update'
        from old_rows o join new_rows n using (layer, id)
        where rows_changed > 0;
    end if;
    if coalesce(current_setting('toancanh.bulk', true), '') = 'on' then
        insert into change_log (layer, op, old_box, new_box, affected)
        select n.layer, 'bulk', box_of(ST_Extent(o.geom)::geometry), box_of(ST_Extent(n.geom)::geometry), count(*)
        from old_rows o join new_rows n using (layer, id)
        where rows_changed > 0 group by n.layer;
    else
        insert into change_log (layer, op, feature, revision, old_box, new_box, old_units)
        select n.layer, 'update', id, n.revision, box_of(o.geom), box_of(n.geom), units_of(n.layer, id)
        from old_rows o join new_rows n using (layer, id)
        where rows_changed > 0 order by id;
    end if;
    insert into feature_tally
    select layer, 0, coalesce(sum(sign) filter (where nowhere and location_unit is null), 0),
           coalesce(sum(sign) filter (where nowhere and location_unit is not null), 0), max(recorded_at)
    from (select layer, 1 as sign, geom is null as nowhere, location_unit, recorded_at from new_rows
          union all
          select layer, -1, geom is null, location_unit, null from old_rows) one
    where rows_changed > 0
    group by layer;
    -- Only what moved changes its units.
    delete from feature_unit fu using old_rows o join new_rows n using (layer, id)
    where rows_changed > 0 and fu.layer = n.layer and fu.feature = n.id
      and (o.geom is distinct from n.geom or o.location_unit is distinct from n.location_unit);
    perform place_features(n.layer, array_agg(n.id), array_agg(n.geom), array_agg(n.location_unit))
    from old_rows o join new_rows n using (layer, id)
    where rows_changed > 0 and (o.geom is distinct from n.geom or o.location_unit is distinct from n.location_unit)
    group by n.layer;
    return null;
end $$;

create or replace function log_feature_delete() returns trigger language plpgsql as $$
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
    insert into feature_tally
    select layer, -count(*), -count(*) filter (where geom is null and location_unit is null),
           -count(*) filter (where geom is null and location_unit is not null), null
    from old_rows group by layer;
    delete from feature_unit fu using old_rows o where fu.layer = o.layer and fu.feature = o.id;
    return null;
end $$;

-- What is there already. Who wrote before is waited for and counted; who comes later finds the new triggers.
lock table feature in share row exclusive mode;
insert into feature_tally
select layer, count(*), count(*) filter (where geom is null and location_unit is null),
       count(*) filter (where geom is null and location_unit is not null), max(recorded_at)
from feature group by layer;
