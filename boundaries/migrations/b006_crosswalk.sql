-- SPDX-License-Identifier: Apache-2.0
-- Which unit of one generation went into which of another, by which share and on what basis.
select 1;
