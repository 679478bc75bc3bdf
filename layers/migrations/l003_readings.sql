-- SPDX-License-Identifier: Apache-2.0
-- What a sensor's feature shows of its readings.

-- A reading that a sensor's feature shows is no edit of it: what its source said of the sensor itself still holds, and
-- saying it again is nothing new. Fires after feature_before_write, by its name.
create function feature_keeps_source() returns trigger language plpgsql as $$
begin
    new.content_hash := old.content_hash;
    new.import_id := old.import_id;
    return new;
end $$;
create trigger feature_keeps_source before update on feature for each row
    when (current_setting('toancanh.observed', true) = 'on') execute function feature_keeps_source();

-- Sensors were pushed themselves: what they show now is what their source said with them, from that time.
create function sensors_pushed(of_layer text, of_source text, sensors text[]) returns void language sql as $$
    update datastream d set shown_time = case when f.properties ->> d.property is not null then f.valid_from end
    from feature f
    where d.layer = of_layer and d.source = of_source and d.sensor = any (sensors)
      and f.layer = of_layer and f.source = of_source and f.external_id = d.sensor
$$;

-- Let features show their newest good reading in the fields of the same name; answers how many features changed.
-- A reading is shown when it is not older than what is shown, when nothing is shown, or when what is shown was itself a
-- reading (so that a corrected or withdrawn one gives way, to an older one too). Late readings change nothing.
create function show_readings(of_layer text, of_source text, sensors text[], fields text[]) returns bigint
language plpgsql as $$
declare shown bigint;
begin
    perform from feature where layer = of_layer and source = of_source and external_id = any (sensors)
    order by id for no key update;
    perform set_config('toancanh.observed', 'on', true);
    with due as (
        select d.id, d.property, f.id as feature, r.phenomenon_time, r.value
        from datastream d
        join feature f on f.layer = of_layer and f.source = of_source and f.external_id = d.sensor
        left join lateral (select o.phenomenon_time, o.value from observation o
                           where o.datastream = d.id and o.quality = 'good' and o.value is not null
                           order by o.phenomenon_time desc limit 1) r on true
        where d.layer = of_layer and d.source = of_source and d.sensor = any (sensors) and d.property = any (fields)
          and (exists (select from observation s where s.datastream = d.id and s.phenomenon_time = d.shown_time)
               or (r.phenomenon_time is not null
                   and (d.shown_time is null or r.phenomenon_time >= d.shown_time
                        or f.properties ->> d.property is null)))
    ), remembered as (
        update datastream d set shown_time = due.phenomenon_time from due
        where d.id = due.id and d.shown_time is distinct from due.phenomenon_time
    ), readings as (
        select feature, jsonb_object_agg(property, value) as values, max(phenomenon_time) as latest
        from due group by feature
    )
    update feature f
    set properties = jsonb_strip_nulls(f.properties || r.values), valid_from = greatest(f.valid_from, r.latest)
    from readings r
    where f.layer = of_layer and f.id = r.feature
      and (jsonb_strip_nulls(f.properties || r.values) <> f.properties
           or greatest(f.valid_from, r.latest) is distinct from f.valid_from);
    get diagnostics shown = row_count;
    perform set_config('toancanh.observed', 'off', true);
    return shown;
end $$;
