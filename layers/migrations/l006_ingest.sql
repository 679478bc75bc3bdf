-- SPDX-License-Identifier: Apache-2.0
-- The same rules as before, at half the cost for batches: triggers look for units with the places that they hold, instead
-- of reading every row of the batch again under plans made for a smaller table (the triggers follow in l007). Measured in
-- benchmarks/ingest.py.

-- The units, of every published generation, in which places lie. A point on a shared border belongs to the unit with the
-- lower id; a shape belongs to every unit whose inside it touches; a record known only to its unit belongs to that unit
-- and to the successors that hold all of it. The three arrays are of one length.
create function place_features(
    of_layer text, features bigint[], places geometry[], claims bigint[], only_version bigint default null
) returns void language plpgsql as $$
begin
    insert into feature_unit (layer, feature, version, unit)
    select distinct on (p.id, u.version) of_layer, p.id, u.version, u.id
    from unnest(features, places) p (id, geom)
    join unit u on u.geom && p.geom and ST_Covers(u.geom, p.geom)
    join unit_set_version v on v.id = u.version and v.status = 'published'
    where GeometryType(p.geom) = 'POINT' and (only_version is null or u.version = only_version)
    order by p.id, u.version, u.id
    on conflict do nothing;

    if exists (select from unnest(places) place where GeometryType(place) <> 'POINT') then
        insert into feature_unit (layer, feature, version, unit)
        select of_layer, s.id, u.version, u.id
        from unnest(features, places) s (id, geom)
        join unit u on u.geom && s.geom and ST_Intersects(u.geom, s.geom) and not ST_Touches(u.geom, s.geom)
        join unit_set_version v on v.id = u.version and v.status = 'published'
        where GeometryType(s.geom) <> 'POINT' and (only_version is null or u.version = only_version)
        on conflict do nothing;
    end if;

    if exists (select from unnest(places, claims) p (geom, claim) where p.geom is null and p.claim is not null) then
        with placeless as materialized (
            select p.id, p.claim from unnest(features, places, claims) p (id, geom, claim)
            where p.geom is null and p.claim is not null
        ), claim as materialized (
            select c.id, c.code, v.unit_set
            from (select distinct claim as id from placeless) of
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
        select of_layer, p.id, t.version, t.unit
        from placeless p join target t on t.claimed = p.claim
        on conflict do nothing;
    end if;
end $$;

-- What is stored already, for units that are published now: in parts, so that a layer of millions needs no array of all.
create or replace function assign_units(of_layer text, features bigint[], only_version bigint default null) returns void
language plpgsql set enable_seqscan = off as $$
declare part record;
begin
    for part in
        select array_agg(id) as ids, array_agg(geom) as places, array_agg(location_unit) as claims
        from (select id, geom, location_unit, row_number() over () / 20000 as nth from feature
              where layer = of_layer and (features is null or id = any (features))) f
        group by nth
    loop
        perform place_features(of_layer, part.ids, part.places, part.claims, only_version);
    end loop;
end $$;

-- A unit names its version, and units are never deleted: checking the version of each row again cost as much as storing it.
alter table feature_unit drop constraint feature_unit_version_fkey;
