// SPDX-License-Identifier: Apache-2.0
/** Names for codes, set by set: a draft speaks of units of two sets. */

import { computed, signal } from "@preact/signals";
import { getJson, query } from "../../api/client";
import { fullName } from "../../model/boundaries/review";
import { layers, sets } from "../store";
import { draft, rows } from "./draft";

export type UnitName = { readonly code: string; readonly name: string };

const known = signal<ReadonlyMap<string, readonly UnitName[]>>(new Map());
const asked = new Set<string>();

type Items = { readonly features: readonly { readonly properties: Readonly<Record<string, unknown>> }[] };

async function load(set: string): Promise<void> {
  const units = layers.value.find((layer) => layer.store === "unit");
  if (!units || asked.has(set) || !sets.value.some(({ id }) => id === set)) return;
  asked.add(set);
  try {
    const answer = await getJson<Items>(`/collections/${units.id}/items${query({ set, limit: 1000 })}`);
    const named = answer.features.map(({ properties }) => ({
      code: String(properties.code),
      name: String(properties.full_name ?? properties.name ?? properties.code),
    }));
    known.value = new Map(known.value).set(
      set,
      named.sort((a, b) => a.name.localeCompare(b.name, "vi")),
    );
  } catch {
    asked.delete(set);
  }
}

/** The units of a published set, by name; empty until they are known. */
export function unitsOf(set: string | null | undefined): readonly UnitName[] {
  if (!set) return [];
  const found = known.value.get(set);
  if (!found) void load(set);
  return found ?? [];
}

/** Codes of either side; after the law changed, one code may name two units. */
const names = computed(() => {
  const before = new Map(unitsOf(draft.value?.base?.set).map(({ code, name }) => [code, name]));
  const after = new Map(before);
  for (const { change } of rows.value) {
    if (change.code_before && change.name_before)
      before.set(change.code_before, fullName(change.type_before, change.name_before));
    if (change.code_after && change.name_after)
      after.set(change.code_after, fullName(change.type_after, change.name_after));
  }
  return { before, after };
});

export function nameOf(code: string, side: "before" | "after" = "after"): string {
  return names.value[side].get(code) ?? code;
}

export function forgetUnits(): void {
  asked.clear();
  known.value = new Map();
}
