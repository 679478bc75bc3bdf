-- SPDX-License-Identifier: Apache-2.0
-- Accounts, sessions, and what keys may read. An area is a list of 'unit-set/code'; null is everywhere.

create table account (
    id bigint generated always as identity primary key,
    name text not null unique check (name ~ '^[a-z0-9][a-z0-9._-]{1,60}$'),
    display_name text,
    password_hash text not null,
    role text not null check (role in ('viewer', 'operator', 'handler', 'planner', 'gis', 'admin')),
    area text[],
    must_change boolean not null default false,
    -- Made by the demonstration with a printed password: refused outside it.
    demo boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    disabled_at timestamptz
);

create table session (
    token_hash bytea primary key,
    account bigint not null references account on delete cascade,
    csrf text not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null
);
create index session_account on session (account);
create index session_expires on session (expires_at);

-- A key may push (layers), read (role and area), or both.
alter table api_key add column role text check (role in ('viewer', 'operator', 'handler', 'planner', 'gis', 'admin'));
alter table api_key add column area text[];
