-- SPDX-License-Identifier: Apache-2.0
-- Exchange between map servers.

-- Through which servers a record of another server came, the first one first.
create table feature_trail (
    layer text not null,
    source text not null,
    external_id text not null,
    hops jsonb not null,
    primary key (layer, source, external_id)
);

-- How far a peer was told: up to which change of live_log (of which epoch), and which layers it must be told of as a whole
-- ({"layer": the last id that was told}).
create table exchange_state (
    source text primary key,
    epoch text not null,
    seq bigint not null,
    resync jsonb not null,
    sent bigint not null default 0,
    sent_at timestamptz
);
