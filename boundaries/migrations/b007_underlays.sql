-- SPDX-License-Identifier: Apache-2.0
-- Scanned maps and orthophotos that lie under a draft.
select 1;
