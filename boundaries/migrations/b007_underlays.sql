-- SPDX-License-Identifier: Apache-2.0
-- Scanned maps and orthophotos that lie under a draft.
--
-- A row that is 'checking' has a job of kind underlay; where that failed or was cancelled, the job says so.
create table boundary_underlay (
    id bigint generated always as identity primary key,
    draft bigint not null references boundary_draft on delete cascade,
    file bigint not null references stored_file,
    state text not null default 'checking' check (state in ('checking', 'ready', 'refused')),
    -- The coordinate system that a person stated, where the file has none or a wrong one.
    crs text,
    -- [{"code", "severity", "detail": {"vi", "en"}}]
    findings jsonb not null default '[]',
    -- What was read of the file: width, height, bands, data type, coordinate system, size of a pixel.
    facts jsonb,
    -- What tiles are cut from: a cloud-optimised GeoTIFF in EPSG:3857 whose pixels are those of tiles of max_zoom.
    raster_sha256 text check (raster_sha256 ~ '^[0-9a-f]{64}$'),
    raster_bytes bigint,
    min_zoom smallint,
    max_zoom smallint,
    bbox double precision[] check (cardinality(bbox) = 4),
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    ready_at timestamptz,
    constraint boundary_underlay_ready check (
        state <> 'ready' or (raster_sha256 is not null and max_zoom is not null and bbox is not null))
);
create index boundary_underlay_draft on boundary_underlay (draft, id);
create index boundary_underlay_raster on boundary_underlay (raster_sha256);

-- Whoever stores a raster or deletes one that nobody uses any more takes turns.
create function underlay_lock() returns bigint language sql immutable as $$ select 7302::bigint $$;
