-- SPDX-License-Identifier: Apache-2.0
-- The common road of connected systems: what each source is at, what it sent, and what could not be placed or read.

-- What a source is at. What it is stands in its file; "enabled" here is a person's switch and goes before the file's.
create table source_state (
    source text primary key,
    enabled boolean,
    cursor jsonb not null default '{}',
    first_message_at timestamptz,
    last_message_at timestamptz,
    last_event_at timestamptz,
    lag_s real,
    failures integer not null default 0,
    open_until timestamptz,
    last_error jsonb
) with (fillfactor = 50);

create table source_minute (
    source text not null,
    minute timestamptz not null,
    messages integer not null,
    accepted integer not null,
    rejected integer not null,
    primary key (source, minute)
) with (fillfactor = 50);

-- Messages as they came, without personal data. The same bytes again count up.
create table raw_message (
    id bigint generated always as identity primary key,
    source text not null,
    received_at timestamptz not null,
    last_at timestamptz not null,
    times integer not null default 1,
    name text not null,
    content_type text not null,
    headers jsonb not null,
    body bytea not null,
    digest bytea not null,
    trace text not null,
    state text not null check (state in ('done', 'partly', 'dead')),
    unique (source, digest)
);
create index raw_message_age on raw_message (last_at);

alter table dead_letter
    add column message bigint,
    add column kind text not null default 'features',
    add column closed_at timestamptz,
    add column closed_by text check (closed_by in ('replayed', 'discarded', 'forgotten')),
    add column closed_why text,
    add column closed_who text;
create index dead_letter_open on dead_letter (source, id) where closed_at is null;

-- Where a person put a record that its source cannot place. It holds until the source says a place itself.
create table placement (
    layer text not null,
    source text not null,
    external_id text not null,
    geom geometry(Point, 4326),
    unit_set text,
    unit_code text,
    radius_m real,
    placed_by text not null,
    placed_at timestamptz not null default clock_timestamp(),
    primary key (layer, source, external_id),
    check ((geom is null) <> (unit_code is null) and (unit_set is null) = (unit_code is null))
);

-- What is known of the place of a record that has none: the source's words, why they were not enough, and units that
-- they may mean.
create table unlocated_hint (
    layer text not null,
    source text not null,
    external_id text not null,
    said text,
    reason text not null,
    candidates jsonb not null default '[]',
    primary key (layer, source, external_id)
);
create index feature_unlocated on feature (layer, source, id) where geom is null and location_unit is null;

-- Placing a record is no edit of what its source said: revision, content and import stay the source's, so that its next
-- word is judged as ever. It is a new belief all the same, with history and change.
create or replace function feature_before_write() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.layer <> old.layer or new.id <> old.id then
            raise exception 'a feature keeps its layer and its id' using errcode = 'check_violation';
        end if;
        -- Maintenance fills what is derived (the H3 cell) and is neither a new revision nor a new belief.
        if is_maintenance() then
            return new;
        end if;
        if coalesce(current_setting('toancanh.placing', true), '') = 'on' then
            new.recorded_at := clock_timestamp();
            return new;
        end if;
        if new.revision = old.revision then
            new.revision := old.revision + 1;
        end if;
        -- Edited past the ingest door: what the source sent last no longer describes the row, and the row is no longer
        -- of that import, so that undoing the import keeps the edit. (Same content under a higher revision is no edit.)
        if new.content_hash is not distinct from old.content_hash
           and (new.kind, new.severity, new.status, new.valid_from, new.valid_to, new.properties, new.location_radius_m,
                new.location_unit, new.geom)
               is distinct from
               (old.kind, old.severity, old.status, old.valid_from, old.valid_to, old.properties, old.location_radius_m,
                old.location_unit, old.geom) then
            new.content_hash := null;
            new.import_id := null;
        end if;
        if new.h3 is not distinct from old.h3 and new.geom is distinct from old.geom then
            new.h3 := null;  -- the worker computes it
        end if;
        if new.geom is not null and old.geom is null and new.location_method = old.location_method then
            new.location_method := 'source_coordinates';
        end if;
    elsif new.geom is not null and new.location_method = 'unlocated' then
        new.location_method := 'source_coordinates';
    end if;
    -- Clock time, not transaction time: the row lock is held here, so the beliefs about one feature never overlap.
    new.recorded_at := clock_timestamp();
    return new;
end $$;
