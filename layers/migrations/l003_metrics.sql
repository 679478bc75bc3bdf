-- SPDX-License-Identifier: Apache-2.0
-- Indicators of administrative units by period.

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
