-- SPDX-License-Identifier: Apache-2.0
-- Units leave the map also without a change of their own: when their version is superseded by one that covers other
-- ground, and when the validity of their set changes. Without a box: it touches everything.

create function log_units_valid() returns trigger language plpgsql as $$
begin
    insert into change_log (layer, op, affected)
    select 'units', 'bulk', count(*) from old_rows o join new_rows n using (id)
    where o is distinct from n
    having count(*) > 0;
    return null;
end $$;

create trigger unit_set_updated after update on unit_set referencing old table as old_rows new table as new_rows
    for each statement execute function log_units_valid();
create trigger unit_set_version_updated after update on unit_set_version
    referencing old table as old_rows new table as new_rows
    for each statement execute function log_units_valid();
