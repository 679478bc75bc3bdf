-- SPDX-License-Identifier: Apache-2.0
-- Observations of sensors, and their hours.

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
