-- SPDX-License-Identifier: Apache-2.0
-- Whether devices answer. A check comes from another source than the device itself (the register), and is no edit of it.

-- The latest check of each device, by the identity of its feature. "said" is what the register said of the connection:
-- a device in maintenance stays so, whatever checks find. "shown" is what its feature shows of the checks. "unknown": not
-- yet decided, and then the feature shows what it showed before.
create table device_check (
    layer text not null,
    source text not null,
    external_id text not null,
    status text not null check (status in ('online', 'offline', 'unknown')),
    since timestamptz not null,
    checked_at timestamptz not null,
    answered_at timestamptz,
    failures integer not null,
    failing_since timestamptz,
    problem text,
    said text,
    facts jsonb not null default '{}',
    shown jsonb not null default '{}',
    primary key (layer, source, external_id)
) with (fillfactor = 70);

-- What a device was from a moment on. "unknown": nobody looked for longer than a gap of checks may be.
create table device_change (
    layer text not null,
    source text not null,
    external_id text not null,
    at timestamptz not null,
    status text not null check (status in ('online', 'offline', 'unknown')),
    problem text,
    primary key (layer, source, external_id, at)
);

-- Let features show their latest check; answers how many changed. What their source said of them still holds: revision,
-- content and import stay the source's (toancanh.placing, l009), so that its next word is judged as ever.
create function show_checks(of_layer text, of_source text, devices text[]) returns bigint language plpgsql as $$
declare changed bigint;
begin
    perform from feature where layer = of_layer and source = of_source and external_id = any (devices)
    order by id for no key update;
    perform set_config('toancanh.placing', 'on', true);
    update feature f
    set properties = jsonb_strip_nulls(f.properties || c.shown),
        status = case when c.said = 'maintenance' then c.said when c.status = 'unknown' then f.status else c.status end
    from device_check c
    where f.layer = of_layer and f.source = of_source and f.external_id = any (devices)
      and c.layer = of_layer and c.source = of_source and c.external_id = f.external_id
      and (jsonb_strip_nulls(f.properties || c.shown) <> f.properties
           or f.status is distinct from
              case when c.said = 'maintenance' then c.said when c.status = 'unknown' then f.status else c.status end);
    get diagnostics changed = row_count;
    perform set_config('toancanh.placing', 'off', true);
    return changed;
end $$;

-- Devices were pushed themselves, or went back to what was believed before: what their features say of the connection
-- now is their source's word, and the checks are shown again.
create function checks_pushed(of_layer text, of_source text, devices text[]) returns bigint language sql as $$
    update device_check c set said = f.status
    from feature f
    where c.layer = of_layer and c.source = of_source and (devices is null or c.external_id = any (devices))
      and f.layer = of_layer and f.source = of_source and f.external_id = c.external_id;
    select show_checks(of_layer, of_source, coalesce(devices, (
        select array_agg(external_id) from device_check where layer = of_layer and source = of_source)));
$$;
