// SPDX-License-Identifier: Apache-2.0
/** What is known to be in a unit but not where, summed over layers. Pure. */

type Counted = { readonly code: string; readonly unit_only?: number | null };

export function totalsByUnit(units: readonly Counted[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { code, unit_only: only } of units) if (only) totals.set(code, (totals.get(code) ?? 0) + only);
  return totals;
}
