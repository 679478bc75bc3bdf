-- SPDX-License-Identifier: Apache-2.0
-- The same rule as before, for batches of thousands: features are found by their key instead of by reading the whole
-- layer for each batch, and where a claimed unit went is found once for each unit instead of once for each feature.

create or replace function assign_units(of_layer text, features bigint[], only_version bigint default null) returns void
language plpgsql
-- A batch is a small part of its layer, whatever the statistics of a growing table say.
set enable_seqscan = off
as $$
begin
    if features is null then
        features := array(select id from feature where layer = of_layer);
    end if;

    -- Materialized, so that no plan begins with all features of the layer in all units.
    with point as materialized (
        select f.layer, f.id, f.geom from feature f
        where f.layer = of_layer and f.id = any (features) and GeometryType(f.geom) = 'POINT'
    )
    insert into feature_unit (layer, feature, version, unit)
    select distinct on (p.id, u.version) p.layer, p.id, u.version, u.id
    from point p
    join unit u on u.geom && p.geom and ST_Covers(u.geom, p.geom)
    join unit_set_version v on v.id = u.version and v.status = 'published'
    where only_version is null or u.version = only_version
    order by p.id, u.version, u.id
    on conflict do nothing;

    with shape as materialized (
        select f.layer, f.id, f.geom from feature f
        where f.layer = of_layer and f.id = any (features) and GeometryType(f.geom) <> 'POINT'
    )
    insert into feature_unit (layer, feature, version, unit)
    select s.layer, s.id, u.version, u.id
    from shape s
    join unit u on u.geom && s.geom and ST_Intersects(u.geom, s.geom) and not ST_Touches(u.geom, s.geom)
    join unit_set_version v on v.id = u.version and v.status = 'published'
    where only_version is null or u.version = only_version
    on conflict do nothing;

    with placeless as materialized (
        select f.layer, f.id, f.location_unit from feature f
        where f.layer = of_layer and f.id = any (features) and f.geom is null and f.location_unit is not null
    ), claim as materialized (
        select c.id, c.code, v.unit_set
        from (select distinct location_unit as id from placeless) of
        join unit c using (id)
        join unit_set_version v on v.id = c.version
    ), target as materialized (
        select claim.id as claimed, u.version, u.id as unit
        from claim
        join unit_set_version v on v.status = 'published'
        join unit u on u.version = v.id
         and ((v.unit_set = claim.unit_set and u.code = claim.code)
           or exists (select from unit_lineage l where l.to_unit = u.id and l.from_set = claim.unit_set
                                                  and l.from_code = claim.code and l.share_area >= 0.9999))
        where only_version is null or u.version = only_version
    )
    insert into feature_unit (layer, feature, version, unit)
    select p.layer, p.id, t.version, t.unit
    from placeless p join target t on t.claimed = p.location_unit
    on conflict do nothing;
end $$;
