// SPDX-License-Identifier: Apache-2.0
/** How many visible features are known only to their unit, per unit of the generation on the map. */

import { computed, effect, signal } from "@preact/signals";
import { fetchUnitValues } from "../api/values";
import { totalsByUnit } from "../model/unitOnly";
import { activeSetId, layers, phase, reader, visible } from "./store";

/** A burst of changes is counted once, when it is over. */
const SETTLE_MS = 800;

/** By code; empty where every visible feature has a place. */
export const unitOnly = signal<ReadonlyMap<string, number>>(new Map());

/** What the numbers depend on: asked again only when one of these changes. */
const wish = computed(() =>
  JSON.stringify([
    reader.value,
    activeSetId.value,
    layers.value.flatMap(({ id, store, unit_only }) =>
      store === "feature" && unit_only > 0 && visible.value.has(id) ? [[id, unit_only]] : [],
    ),
  ]),
);

export function keepUnitOnly(): () => void {
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  return effect(() => {
    const mine = ++generation;
    if (timer !== null) clearTimeout(timer);
    if (phase.value !== "ready") return;
    const [, set, wanted] = JSON.parse(wish.value) as [number, string | null, [string, number][]];
    if (!set || wanted.length === 0) {
      unitOnly.value = new Map();
      return;
    }
    timer = setTimeout(async () => {
      const answers = await Promise.all(
        wanted.map(([id]) => fetchUnitValues(id, set, null).catch(() => null)),
      );
      if (mine === generation)
        unitOnly.value = totalsByUnit(answers.flatMap((answer) => answer?.units ?? []));
    }, SETTLE_MS);
  });
}
