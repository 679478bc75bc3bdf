-- SPDX-License-Identifier: Apache-2.0
-- Publications as a log with the way back, and what was published when.

-- What was done to which sets, by whom and why. before and after are the states of the sets that it touched
-- (publication_state), so that going back restores them to the last bit.
create table publication (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('publish', 'rollback', 'import')),
    at timestamptz not null default clock_timestamp(),
    by text not null,
    approved_by text,
    draft bigint references boundary_draft,
    -- The publication that a rollback took back; each once.
    reverts bigint unique references publication,
    unit_set text not null,
    version bigint,
    number integer,
    effective_from date,
    legal_document bigint references legal_document,
    reason text,
    before jsonb not null,
    after jsonb not null,
    consequences jsonb,
    check ((kind = 'rollback') = (reverts is not null))
);
create index publication_draft on publication (draft);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'publications are a log: they are added, never changed' using errcode = 'feature_not_supported';
end $$;
create trigger publication_kept before update or delete on publication
    for each statement execute function refuse_rewriting();

-- What readers see of some sets: their titles and days, and the status of each version that was ever published.
create function publication_state(sets text[]) returns jsonb language sql stable set timezone to 'UTC' as $$
    select jsonb_build_object(
        'sets', (select coalesce(jsonb_agg(to_jsonb(s) order by s.id), '[]') from unit_set s where s.id = any (sets)),
        'versions', (select coalesce(jsonb_agg(jsonb_build_object(
                         'id', v.id, 'unit_set', v.unit_set, 'number', v.number, 'status', v.status,
                         'published_at', v.published_at, 'superseded_at', v.superseded_at) order by v.id), '[]')
                     from unit_set_version v where v.unit_set = any (sets) and v.status <> 'draft'))
$$;

-- Whether two publications changed the same set, by their states.
create function publications_meet(one jsonb, other jsonb) returns boolean language sql immutable as $$
    select exists (select s ->> 'id' from jsonb_array_elements(one -> 'sets') s
                   intersect select s ->> 'id' from jsonb_array_elements(other -> 'sets') s)
$$;

-- Back to a state: the version that is taken back is withdrawn first, for one version of a set is published at a time.
create function restore_publication_state(state jsonb, withdrawn bigint) returns void
language plpgsql set timezone to 'UTC' as $$
begin
    update unit_set_version set status = 'withdrawn', superseded_at = clock_timestamp() where id = withdrawn;
    update unit_set s
    set title_vi = b.title_vi, title_en = b.title_en, valid_from = b.valid_from, valid_to = b.valid_to
    from jsonb_to_recordset(state -> 'sets')
        b (id text, title_vi text, title_en text, valid_from date, valid_to date)
    where s.id = b.id and (s.title_vi, s.title_en, s.valid_from, s.valid_to)
                          is distinct from (b.title_vi, b.title_en, b.valid_from, b.valid_to);
    update unit_set_version v set status = b.status, superseded_at = b.superseded_at
    from jsonb_to_recordset(state -> 'versions') b (id bigint, status text, superseded_at timestamptz)
    where v.id = b.id and (v.status, v.superseded_at) is distinct from (b.status, b.superseded_at);
end $$;

-- The same units once more, as the version of a draft: a withdrawn version stays as it was, and what is published again
-- gets a number of its own.
create function copy_unit_version(original bigint) returns bigint language plpgsql as $$
declare copied bigint;
begin
    insert into unit_set_version (unit_set, status, published_at, approximate, attribution_vi, attribution_en, licence,
                                  content_hash, ready_zoom)
    select unit_set, 'draft', null, approximate, attribution_vi, attribution_en, licence, content_hash, ready_zoom
    from unit_set_version where id = original
    returning id into copied;
    insert into unit (version, code, name, full_name, type, valid_from, valid_to, area_m2, geom, label_point)
    select copied, code, name, full_name, type, valid_from, valid_to, area_m2, geom, label_point
    from unit where version = original order by id;
    insert into unit_lineage (to_unit, from_set, from_code, share_area)
    select n.id, l.from_set, l.from_code, l.share_area
    from unit_lineage l join unit o on o.id = l.to_unit join unit n on n.version = copied and n.code = o.code
    where o.version = original;
    insert into unit_tile_geom (version, unit, band, geom_3857)
    select copied, n.id, g.band, g.geom_3857
    from unit_tile_geom g join unit o on o.id = g.unit join unit n on n.version = copied and n.code = o.code
    where g.version = original;
    insert into unit_tile (version, z, x, y, unit, shape, label)
    select copied, t.z, t.x, t.y, n.id, t.shape, t.label
    from unit_tile t join unit o on o.id = t.unit join unit n on n.version = copied and n.code = o.code
    where t.version = original;
    insert into unit_edge (version, code_a, code_b, geom)
    select copied, code_a, code_b, geom from unit_edge where version = original;
    return copied;
end $$;

-- Who approved, approved what was there then.
create function approval_is_of_a_revision() returns trigger language plpgsql as $$
begin
    new.asked_by := null;
    new.asked_at := null;
    new.approved_by := null;
    new.approved_at := null;
    return new;
end $$;
create trigger boundary_draft_revised before update of revision on boundary_draft for each row
    when (new.revision <> old.revision) execute function approval_is_of_a_revision();

-- Which version of a set was published and when the set was valid, as it was known from known_from until known_to.
-- Triggers keep it, whoever writes.
create table unit_set_state (
    unit_set text not null,
    version bigint not null,
    valid_from date not null,
    valid_to date,
    known_from timestamptz not null,
    known_to timestamptz,
    primary key (unit_set, known_from),
    check (known_to is null or known_from < known_to)
);
create unique index unit_set_state_now on unit_set_state (unit_set) where known_to is null;
create index unit_set_state_version on unit_set_state (version);

create function keep_unit_set_state() returns trigger language plpgsql as $$
declare
    -- One moment for all statements of a transaction, so that nothing is unpublished in between.
    moment timestamptz := coalesce(nullif(current_setting('toancanh.state_moment', true), '')::timestamptz,
                                   clock_timestamp());
begin
    perform set_config('toancanh.state_moment', moment::text, true);
    delete from unit_set_state k where k.known_to is null and k.known_from >= moment and not exists (
        select from unit_set s join unit_set_version v on v.unit_set = s.id and v.status = 'published'
        where s.id = k.unit_set and v.id = k.version and s.valid_from = k.valid_from
          and s.valid_to is not distinct from k.valid_to);
    update unit_set_state k set known_to = moment where k.known_to is null and not exists (
        select from unit_set s join unit_set_version v on v.unit_set = s.id and v.status = 'published'
        where s.id = k.unit_set and v.id = k.version and s.valid_from = k.valid_from
          and s.valid_to is not distinct from k.valid_to);
    insert into unit_set_state (unit_set, version, valid_from, valid_to, known_from)
    select s.id, v.id, s.valid_from, s.valid_to, moment
    from unit_set s join unit_set_version v on v.unit_set = s.id and v.status = 'published'
    where not exists (select from unit_set_state k where k.unit_set = s.id and k.known_to is null);
    return null;
end $$;
create trigger unit_set_known after insert or update or delete on unit_set
    for each statement execute function keep_unit_set_state();
create trigger unit_set_version_known after insert or update or delete on unit_set_version
    for each statement execute function keep_unit_set_state();

-- What is there already; how the days of a set were changed before is not known.
insert into unit_set_state (unit_set, version, valid_from, valid_to, known_from, known_to)
select s.id, v.id, s.valid_from, s.valid_to, v.published_at, v.superseded_at
from unit_set s join unit_set_version v on v.unit_set = s.id
where v.status in ('published', 'superseded') and (v.superseded_at is null or v.superseded_at > v.published_at);
