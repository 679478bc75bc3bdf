-- SPDX-License-Identifier: Apache-2.0
-- Keys of sources. Only the SHA-256 of a key is kept.

create table api_key (
    id bigint generated always as identity primary key,
    source text not null check (source ~ '^[a-z0-9][a-z0-9_-]{0,60}$'),
    key_hash bytea not null unique,
    layers text[] not null,
    created_at timestamptz not null default clock_timestamp(),
    revoked_at timestamptz
);
