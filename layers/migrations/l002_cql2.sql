-- SPDX-License-Identifier: Apache-2.0
-- What a CQL2 filter needs in SQL, computed exactly as layers/cql2 computes it in Python. None of them ever raises for
-- what somebody stored, and none depends on a collation, a library or a session setting. Those in SQL are not declared
-- strict, although they are: PostgreSQL writes a strict function with a CASE not into the statement but calls it.

-- Letters in small: ASCII, Latin-1 and Vietnamese (layers/cql2/folding.py has the same tables).
create function cql2_casei(value text) returns text language sql immutable parallel safe as $$
    -- Most texts have no capital beyond ASCII, and looking for one costs a tenth of translating.
    select case when value collate "C" ~
            '[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ]'
        then translate(lower(value collate "C"),
            'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ',
            'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ')
        else lower(value collate "C")
    end
$$;

-- Without diacritics: U+0300 to U+036F of the decomposed text, and the stroke of the đ.
create function cql2_accenti(value text) returns text language sql immutable parallel safe as $$
    select translate(regexp_replace(normalize(value, NFD), U&'[\0300-\036F]+', '', 'g'), 'đĐ', 'dD')
$$;

-- Stored numbers as doubles: null where it is no number or too large, 0 where a double cannot hold it.
create function cql2_number(value jsonb) returns double precision language sql immutable parallel safe as $$
    select case when jsonb_typeof(value) = 'number' then
        case when abs((value #>> '{}')::numeric) > 1.7976931348623157e308 then null
             when abs((value #>> '{}')::numeric) < 2.2250738585072014e-308 then 0
             else (value #>> '{}')::double precision end
    end
$$;
create function cql2_number(value bigint) returns double precision language sql immutable parallel safe as $$
    select value::double precision
$$;

create function cql2_boolean(value jsonb) returns boolean language sql immutable parallel safe as $$
    select case value when 'true'::jsonb then true when 'false'::jsonb then false end
$$;

-- RFC 3339 text as a moment: null for everything else. A plain cast would raise, and follows session settings.
create function cql2_moment(value text) returns timestamptz language plpgsql immutable strict parallel safe as $$
declare
    part text[] := regexp_match(value, '^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})'
        '(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))$');
    first_day date;
    moment timestamp;
    away interval;
begin
    if part is null or part[1] = '0000' or part[2]::int not between 1 and 12 or part[3]::int < 1
        or part[4]::int > 23 or part[5]::int > 59 or part[6]::int > 59
        or coalesce(part[9]::int, 0) > 23 or coalesce(part[10]::int, 0) > 59 then
        return null;
    end if;
    first_day := make_date(part[1]::int, part[2]::int, 1);
    if part[3]::int > extract(day from first_day + interval '1 month' - interval '1 day') then
        return null;
    end if;
    moment := make_timestamp(part[1]::int, part[2]::int, part[3]::int, part[4]::int, part[5]::int, part[6]::int)
        + rpad(left(coalesce(part[7], ''), 6), 6, '0')::int * interval '1 microsecond';
    away := make_interval(hours => coalesce(part[9]::int, 0), mins => coalesce(part[10]::int, 0));
    moment := case when part[8] = '-' then moment + away else moment - away end;
    if moment < '0001-01-01' or moment >= '10000-01-01' then
        return null;
    end if;
    return moment at time zone 'UTC';
end $$;

create function cql2_shape(wkb bytea) returns geometry language sql immutable parallel safe as $$
    select ST_GeomFromWKB(wkb, 4326)
$$;

-- Arithmetic on magnitudes in which nothing overflows: smaller is 0, larger is null (layers/cql2/numbers.py).
create function cql2_operand(value double precision) returns double precision
language sql immutable parallel safe as $$
    select case when abs(value) < 1e-150 then 0 when abs(value) <= 1e150 then value end
$$;
create function cql2_add(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$ select cql2_operand(a) + cql2_operand(b) $$;
create function cql2_subtract(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$ select cql2_operand(a) - cql2_operand(b) $$;
create function cql2_multiply(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$ select cql2_operand(a) * cql2_operand(b) $$;
create function cql2_divide(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$ select cql2_operand(a) / nullif(cql2_operand(b), 0) $$;
create function cql2_div(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$ select trunc(cql2_divide(a, b)) $$;
create function cql2_modulo(a double precision, b double precision) returns double precision
language sql immutable parallel safe as $$
    select cql2_operand(a) - cql2_operand(b) * trunc(cql2_divide(a, b))
$$;
create function cql2_power(a double precision, b double precision) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
    base double precision := cql2_operand(a);
    exponent double precision := cql2_operand(b);
begin
    if base is null or exponent is null or (base < 0 and exponent <> floor(exponent)) then
        return null;
    elsif base = 0 then
        return case when exponent < 0 then null when exponent = 0 then 1 else 0 end;
    elsif abs(exponent * ln(abs(base))) > 690 then
        return null;
    end if;
    return power(base, exponent);
end $$;
