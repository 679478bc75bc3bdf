-- SPDX-License-Identifier: Apache-2.0
-- Which unit of one generation went into which of another, by which share and on what basis.
--
-- Facts by set and code, from the tables that the product brings (boundaries/crosswalk/data). They need no shapes: of
-- most old units there are none. What follows from shapes stays in unit_lineage.

-- Sets of codes that the facts speak of; one of the same id may be published with shapes, or never.
create table crosswalk_set (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
    title_vi text not null,
    title_en text not null,
    valid_from date not null,
    valid_to date,
    check (valid_to is null or valid_from < valid_to)
);

create table crosswalk (
    from_set text not null references crosswalk_set,
    from_code text not null,
    from_name text not null,
    to_set text not null references crosswalk_set,
    to_code text not null,
    to_name text not null,
    -- The part of the old unit's area that went there; shares of an old unit sum to 1.
    share_area double precision not null check (share_area > 0 and share_area <= 1),
    -- legal: the law moves the whole unit; overlap: the law splits it, the share was measured on shapes.
    basis text not null check (basis in ('legal', 'overlap')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    legal_basis text,
    effective date,
    -- The file that says so.
    source text not null,
    primary key (from_set, from_code, to_set, to_code),
    check (from_set <> to_set)
);
create index crosswalk_backwards on crosswalk (to_set, to_code);
