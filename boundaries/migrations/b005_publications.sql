-- SPDX-License-Identifier: Apache-2.0
-- Publications as a log with the way back, and what was published when.
select 1;
