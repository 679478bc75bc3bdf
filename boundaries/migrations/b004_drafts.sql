-- SPDX-License-Identifier: Apache-2.0
-- From a file to a published version: what was sent, the draft that it became, what was found, who decided.
--
-- The shapes of a draft are a version of its set with the status 'draft': tiles, exports and comparisons of a draft are
-- those of any version. Each check makes a new one, because a version never changes; the one before is deleted.

-- What people sent, kept untouched for ever. The bytes lie in the files folder under their hash.
create table stored_file (
    id bigint generated always as identity primary key,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint not null,
    name text not null,
    media_type text not null,
    stored_by text not null,
    stored_at timestamptz not null default clock_timestamp()
);
create index stored_file_sha256 on stored_file (sha256);

create table legal_document (
    id bigint generated always as identity primary key,
    number text not null,
    issuer text not null,
    title text,
    signed_on date not null,
    effective_on date not null,
    file bigint references stored_file,
    created_by text not null,
    created_at timestamptz not null default clock_timestamp()
);

alter table unit_set_version drop constraint unit_set_version_status_check;
alter table unit_set_version add constraint unit_set_version_status_check
    check (status in ('draft', 'published', 'superseded', 'withdrawn'));
-- A draft gets its number when it is published.
alter table unit_set_version alter column number drop not null;
alter table unit_set_version add constraint unit_set_version_numbered check (status = 'draft' or number is not null);
alter table unit_set_version alter column published_at drop not null;
alter table unit_set_version add constraint unit_set_version_published
    check (status = 'draft' or published_at is not null);

create table boundary_draft (
    id bigint generated always as identity primary key,
    state text not null check (state in ('checking', 'questions', 'checked', 'refused', 'failed', 'cancelled',
                                         'awaiting_approval', 'publishing', 'published', 'withdrawn')),
    -- Counts what people change; a check is of one revision.
    revision integer not null default 1,
    file bigint not null references stored_file,
    -- Who drew it: answers are remembered under this name.
    producer text,
    title text not null,

    -- The set that the draft is compared with, and its version at the latest check; null: the first set of all.
    base_set text references unit_set,
    base_version bigint references unit_set_version,
    -- What it becomes: the same set (better lines, the same law) or another one (the law changed).
    unit_set text not null,
    title_vi text not null,
    title_en text not null,
    valid_from date not null,
    valid_to date,
    -- The codes that the file covers; null: the whole set.
    scope text[],
    answers jsonb not null default '{}',
    repairs text[] not null default '{}',
    -- Pairs of codes whose common border is not yet agreed.
    unagreed jsonb not null default '[]',
    approximate boolean not null default false,
    attribution_vi text,
    attribution_en text,
    licence text,
    legal_document bigint references legal_document,

    -- What the check of checked_revision found.
    checked_revision integer,
    version bigint references unit_set_version on delete set null,
    sheets jsonb not null default '[]',
    questions jsonb not null default '[]',
    effects jsonb not null default '[]',
    summary jsonb,
    consequences jsonb,

    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    asked_by text,
    asked_at timestamptz,
    approved_by text,
    approved_at timestamptz
);
create index boundary_draft_file on boundary_draft (file);

create table draft_finding (
    draft bigint not null references boundary_draft on delete cascade,
    number integer not null,
    code text not null,
    severity text not null,
    -- Names the finding across checks, so that a waiver outlives the next check.
    fingerprint text not null,
    detail_vi text not null,
    detail_en text not null,
    units text[] not null default '{}',
    geom geometry(Geometry, 4326),
    measure double precision,
    measure_unit text,
    threshold double precision,
    repair text,
    primary key (draft, number)
);

create table draft_waiver (
    draft bigint not null references boundary_draft on delete cascade,
    fingerprint text not null,
    why text not null check (length(why) between 3 and 2000),
    waived_by text not null,
    waived_at timestamptz not null default clock_timestamp(),
    primary key (draft, fingerprint)
);

-- One row for each unit of either side that is not the same on both.
create table draft_change (
    draft bigint not null references boundary_draft on delete cascade,
    number integer not null,
    kinds text[] not null,
    -- Inside the scope of a partial upload, or a neighbour whose border moves with it.
    is_neighbour boolean not null default false,
    code_before text,
    code_after text,
    name_before text,
    name_after text,
    type_before text,
    type_after text,
    area_before_m2 double precision,
    area_after_m2 double precision,
    won_m2 double precision not null default 0,
    lost_m2 double precision not null default 0,
    moved_m double precision,
    won geometry(MultiPolygon, 4326),
    lost geometry(MultiPolygon, 4326),
    -- [{"code", "share"}]: units of the base set whose ground went into this one.
    lineage jsonb not null default '[]',
    primary key (draft, number)
);

create table producer_answers (
    producer text primary key,
    answers jsonb not null,
    updated_at timestamptz not null default clock_timestamp()
);

-- Borders that the two sides have not agreed on: kept with the version, drawn dashed.
create table unit_edge (
    version bigint not null references unit_set_version on delete cascade,
    code_a text not null,
    code_b text not null check (code_a < code_b),
    geom geometry(MultiLineString, 4326) not null,
    primary key (version, code_a, code_b)
);

-- Long work. Whoever runs a job holds the advisory lock (job_lock_class(), id) for as long as it lives: a running job
-- whose lock is free lost its worker, and is taken up again.
create table boundary_job (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('check', 'publish', 'rollback', 'underlay')),
    subject bigint not null,
    revision integer,
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    step text,
    share real not null default 0,
    cancel_asked boolean not null default false,
    attempts integer not null default 0,
    -- A problem document without status, when it failed.
    problem jsonb,
    arguments jsonb not null default '{}',
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz
);
create index boundary_job_open on boundary_job (id) where state in ('queued', 'running');
create index boundary_job_subject on boundary_job (kind, subject, id);

create function job_lock_class() returns integer language sql immutable as $$ select 7301 $$;

-- Units of a draft are not on the map yet: storing or deleting them is no change that anybody follows.
create or replace function log_unit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into change_log (layer, op, old_box, affected)
        select 'units', 'bulk', box_of(ST_Extent(r.geom)::geometry), count(*)
        from old_rows r join unit_set_version v on v.id = r.version and v.status <> 'draft' having count(*) > 0;
    elsif tg_op = 'INSERT' then
        insert into change_log (layer, op, new_box, affected)
        select 'units', 'bulk', box_of(ST_Extent(r.geom)::geometry), count(*)
        from new_rows r join unit_set_version v on v.id = r.version and v.status <> 'draft' having count(*) > 0;
    else
        insert into change_log (layer, op, old_box, new_box, affected)
        select 'units', 'bulk',
               (select box_of(ST_Extent(geom)::geometry) from old_rows),
               (select box_of(ST_Extent(geom)::geometry) from new_rows), count(*)
        from new_rows r join unit_set_version v on v.id = r.version and v.status <> 'draft' having count(*) > 0;
    end if;
    return null;
end $$;

create or replace function log_units_valid() returns trigger language plpgsql as $$
begin
    insert into change_log (layer, op, affected)
    select 'units', 'bulk', count(*) from old_rows o join new_rows n using (id)
    where to_jsonb(o) - 'ready_zoom' is distinct from to_jsonb(n) - 'ready_zoom'
      and not (coalesce(to_jsonb(o) ->> 'status', '') = 'draft' and coalesce(to_jsonb(n) ->> 'status', '') = 'draft')
    having count(*) > 0;
    return null;
end $$;

-- A draft's version goes away with everything that hangs on it; a published one never does.
create function delete_draft_version(of_version bigint) returns void language plpgsql as $$
begin
    if not exists (select from unit_set_version where id = of_version and status = 'draft') then
        return;
    end if;
    update boundary_draft set version = null where version = of_version;
    delete from unit_tile where version = of_version;
    delete from unit_tile_geom where version = of_version;
    delete from unit_lineage l using unit u where u.version = of_version and l.to_unit = u.id;
    delete from unit where version = of_version;
    delete from unit_set_version where id = of_version;
end $$;

-- A draft follows its job, whoever ended it.
create function draft_follows_job() returns trigger language plpgsql as $$
begin
    if new.kind = 'check' then
        update boundary_draft set state = new.state, updated_at = clock_timestamp()
        where id = new.subject and state = 'checking'
          and not exists (select from boundary_job j where j.kind = 'check' and j.subject = new.subject
                                                       and j.id <> new.id and j.state in ('queued', 'running'));
    elsif new.kind = 'publish' then
        update boundary_draft set state = 'checked', updated_at = clock_timestamp()
        where id = new.subject and state = 'publishing';
    end if;
    return null;
end $$;
create trigger boundary_job_ended after update of state on boundary_job for each row
    when (new.state in ('failed', 'cancelled') and old.state <> new.state) execute function draft_follows_job();
