-- SPDX-License-Identifier: Apache-2.0
-- Metrics: indicators of administrative units by period, and observations of sensors.

-- One value of one unit in one period, as one source says it. A unit is named by its set and code, not by a version of
-- the set: publishing the set again keeps the values. The period is half-open. A null value says that there is none.
create table indicator_value (
    id bigint generated always as identity primary key,
    indicator text not null,
    source text not null,
    unit_set text not null references unit_set,
    unit_code text not null,
    valid_from date not null,
    valid_to date not null,
    value double precision,
    estimated boolean not null default false,
    revision bigint not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    content_hash bytea,
    import_id bigint,
    check (valid_from < valid_to),
    check (value <> 'NaN' and abs(value) < 'Infinity'),
    unique (indicator, source, unit_set, unit_code, valid_from, valid_to)
);
create index indicator_value_unit on indicator_value (indicator, unit_set, unit_code, valid_from);
create index indicator_value_import on indicator_value (import_id) where import_id is not null;

-- What was believed before, complete from the first write.
create table indicator_value_history (
    id bigint not null,
    indicator text not null,
    source text not null,
    unit_set text not null,
    unit_code text not null,
    valid_from date not null,
    valid_to date not null,
    value double precision,
    estimated boolean not null,
    revision bigint not null,
    content_hash bytea,
    import_id bigint,
    known_from timestamptz not null,
    known_to timestamptz not null,
    ended_by text not null check (ended_by in ('update', 'delete'))
);
create index indicator_value_history_unit on indicator_value_history (indicator, unit_set, unit_code, known_to);
create index indicator_value_history_id on indicator_value_history (id, known_to);

-- The shortest spelling of a period (layers/periods.py has the same).
create function period_name(start date, stop date) returns text language sql immutable strict parallel safe as $$
    select case
        when stop = start + interval '1 year' and to_char(start, 'MM-DD') = '01-01' then to_char(start, 'YYYY')
        when stop = start + interval '3 months' and extract(day from start) = 1
             and extract(month from start)::int % 3 = 1 then to_char(start, 'YYYY"-Q"Q')
        when stop = start + interval '1 month' and extract(day from start) = 1 then to_char(start, 'YYYY-MM')
        else start::text || '/' || stop::text
    end
$$;

create function indicator_before_write() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.indicator, new.source, new.unit_set, new.unit_code, new.valid_from, new.valid_to)
           is distinct from
           (old.id, old.indicator, old.source, old.unit_set, old.unit_code, old.valid_from, old.valid_to) then
            raise exception 'a value keeps its indicator, source, unit and period' using errcode = 'check_violation';
        end if;
        if new.revision = old.revision then
            new.revision := old.revision + 1;
        end if;
        -- Edited past the ingest door: see feature_before_write.
        if new.content_hash is not distinct from old.content_hash
           and (new.value, new.estimated) is distinct from (old.value, old.estimated) then
            new.content_hash := null;
            new.import_id := null;
        end if;
    end if;
    new.recorded_at := clock_timestamp();
    return new;
end $$;
create trigger indicator_before_write before insert or update on indicator_value
    for each row execute function indicator_before_write();

create function log_indicator_change() returns trigger language plpgsql as $$
declare ended timestamptz := clock_timestamp();
begin
    if tg_op = 'UPDATE' then
        insert into indicator_value_history
        select o.id, o.indicator, o.source, o.unit_set, o.unit_code, o.valid_from, o.valid_to, o.value, o.estimated,
               o.revision, o.content_hash, o.import_id, o.recorded_at, n.recorded_at, 'update'
        from changed o join new_rows n using (id);
    elsif tg_op = 'DELETE' then
        insert into indicator_value_history
        select o.id, o.indicator, o.source, o.unit_set, o.unit_code, o.valid_from, o.valid_to, o.value, o.estimated,
               o.revision, o.content_hash, o.import_id, o.recorded_at, ended, 'delete'
        from changed o;
    end if;
    -- One bulk change for each indicator, with the box of the units that it touches.
    insert into change_log (layer, op, new_box, affected)
    select c.indicator, 'bulk', box_of(ST_Extent(u.geom)::geometry), sum(c.n)
    from (select indicator, unit_set, unit_code, count(*) as n from changed group by 1, 2, 3) c
    left join unit_set_version v on v.unit_set = c.unit_set and v.status = 'published'
    left join unit u on u.version = v.id and u.code = c.unit_code
    group by c.indicator;
    return null;
end $$;
create trigger indicator_inserted after insert on indicator_value referencing new table as changed
    for each statement execute function log_indicator_change();
create trigger indicator_updated after update on indicator_value
    referencing old table as changed new table as new_rows
    for each statement execute function log_indicator_change();
create trigger indicator_deleted after delete on indicator_value referencing old table as changed
    for each statement execute function log_indicator_change();
create trigger indicator_truncated before truncate on indicator_value
    for each statement execute function refuse_truncate();

-- One property of one sensor, under the names that its source uses: a sensor that comes back finds its readings again.
-- shown_time: the time of the reading that the sensor's feature shows, wherever it came from.
create table datastream (
    id bigint generated always as identity primary key,
    layer text not null,
    source text not null,
    sensor text not null,
    property text not null,
    unit text,
    shown_time timestamptz,
    unique (layer, source, sensor, property)
);

-- Partitioned by month: a reading is identified by its time, so that no correction ever moves one.
create table observation (
    datastream bigint not null references datastream,
    phenomenon_time timestamptz not null,
    value double precision,
    quality text not null default 'good' check (quality in ('good', 'suspect', 'calibrating', 'fault')),
    revision bigint not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    check (value <> 'NaN' and abs(value) < 'Infinity'),
    primary key (datastream, phenomenon_time)
) partition by range (phenomenon_time);
create table observation_default partition of observation default;

create table observation_history (
    datastream bigint not null,
    phenomenon_time timestamptz not null,
    value double precision,
    quality text not null,
    revision bigint not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    ended_by text not null check (ended_by in ('update', 'delete'))
);
create index observation_history_key on observation_history (datastream, phenomenon_time, known_to);

-- What is good in an hour, and how many readings were left out because they are not. Hours of UTC are hours in Vietnam.
create table observation_hour (
    datastream bigint not null references datastream,
    hour timestamptz not null,
    counted integer not null,
    left_out integer not null,
    mean double precision,
    minimum double precision,
    maximum double precision,
    computed_at timestamptz not null default clock_timestamp(),
    primary key (datastream, hour)
);

create function observation_before_write() returns trigger language plpgsql as $$
begin
    if is_maintenance() then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        if (new.datastream, new.phenomenon_time) is distinct from (old.datastream, old.phenomenon_time) then
            raise exception 'an observation keeps its sensor, property and time' using errcode = 'check_violation';
        end if;
        if new.revision = old.revision then
            new.revision := old.revision + 1;
        end if;
    end if;
    new.recorded_at := clock_timestamp();
    return new;
end $$;
create trigger observation_before_write before insert or update on observation
    for each row execute function observation_before_write();

-- Compute touched hours again. The streams are locked first: who waited reads what the other stored.
create function roll_up_hours(streams bigint[], hours timestamptz[]) returns void language plpgsql as $$
begin
    perform from datastream where id = any (streams) order by id for no key update;
    insert into observation_hour (datastream, hour, counted, left_out, mean, minimum, maximum)
    select t.datastream, t.hour, o.counted, o.left_out, o.mean, o.minimum, o.maximum
    from (select distinct * from unnest(streams, hours) as given (datastream, hour)) t
    cross join lateral (
        select count(*) filter (where good) as counted, count(*) filter (where not good) as left_out,
               avg(value) filter (where good) as mean, min(value) filter (where good) as minimum,
               max(value) filter (where good) as maximum
        from (select value, quality = 'good' and value is not null as good from observation
              where datastream = t.datastream and phenomenon_time >= t.hour
                and phenomenon_time < t.hour + interval '1 hour') reading
    ) o
    on conflict (datastream, hour) do update set
        counted = excluded.counted, left_out = excluded.left_out, mean = excluded.mean,
        minimum = excluded.minimum, maximum = excluded.maximum, computed_at = clock_timestamp();
    delete from observation_hour h using unnest(streams, hours) as given (datastream, hour)
    where h.datastream = given.datastream and h.hour = given.hour and h.counted = 0 and h.left_out = 0;
end $$;

create function log_observation_change() returns trigger language plpgsql as $$
declare ended timestamptz := clock_timestamp();
begin
    if is_maintenance() then
        return null;  -- rows move between partitions
    end if;
    if tg_op = 'UPDATE' then
        insert into observation_history
        select o.datastream, o.phenomenon_time, o.value, o.quality, o.revision, o.recorded_at, n.recorded_at, 'update'
        from changed o join new_rows n using (datastream, phenomenon_time);
    elsif tg_op = 'DELETE' then
        insert into observation_history
        select o.datastream, o.phenomenon_time, o.value, o.quality, o.revision, o.recorded_at, ended, 'delete'
        from changed o;
    end if;
    perform roll_up_hours(array_agg(datastream), array_agg(hour))
    from (select distinct datastream, date_trunc('hour', phenomenon_time, 'UTC') as hour from changed) touched
    having count(*) > 0;
    insert into change_log (layer, op, new_box, affected)
    select d.layer, 'bulk', box_of(ST_Extent(f.geom)::geometry), sum(c.n)
    from (select datastream, count(*) as n from changed group by 1) c
    join datastream d on d.id = c.datastream
    left join feature f on f.layer = d.layer and f.source = d.source and f.external_id = d.sensor
    group by d.layer;
    return null;
end $$;

-- A write straight to a partition fires only the partition's own statement triggers.
create function watch_observations(of_table regclass) returns void language plpgsql as $$
begin
    execute format('create trigger observation_inserted after insert on %s referencing new table as changed '
                   'for each statement execute function log_observation_change()', of_table);
    execute format('create trigger observation_updated after update on %s referencing old table as changed '
                   'new table as new_rows for each statement execute function log_observation_change()', of_table);
    execute format('create trigger observation_deleted after delete on %s referencing old table as changed '
                   'for each statement execute function log_observation_change()', of_table);
    execute format('create trigger observation_truncated before truncate on %s '
                   'for each statement execute function refuse_truncate()', of_table);
end $$;
select watch_observations('observation');
select watch_observations('observation_default');

-- Make the partition of each month from last month to two months ahead, and of months whose readings lie in the default
-- partition (at most 24 at once); answers how many were made. As its owner: the serving role has no other DDL. Made aside
-- and attached, so that readers are not blocked; what waited in the default partition moves without a trace.
create function make_observation_partitions(today date) returns integer
language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
declare
    first_day date;
    table_name text;
    made integer := 0;
begin
    if abs(today - current_date) > 3660 then
        raise exception 'partitions are made for about now' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(7120004);
    perform set_config('toancanh.maintenance', 'on', true);
    for first_day in
        select (date_trunc('month', today) + n * interval '1 month')::date from generate_series(-1, 2) n
        union
        (select distinct date_trunc('month', phenomenon_time, 'UTC')::date from observation_default
         where phenomenon_time between '1990-01-01' and '2100-01-01' order by 1 desc limit 24)
        order by 1
    loop
        table_name := 'observation_' || to_char(first_day, 'YYYY_MM');
        if to_regclass(table_name) is null then
            execute format('create table %I (like observation including defaults including constraints)', table_name);
            execute format('with moved as (delete from observation_default where phenomenon_time >= %L '
                           'and phenomenon_time < %L returning *) insert into %I select * from moved',
                           first_day, first_day + interval '1 month', table_name);
            perform watch_observations(table_name::regclass);
            execute format('alter table observation attach partition %I for values from (%L) to (%L)',
                           table_name, first_day, first_day + interval '1 month');
            made := made + 1;
        end if;
    end loop;
    perform set_config('toancanh.maintenance', 'off', true);
    return made;
end $$;

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
