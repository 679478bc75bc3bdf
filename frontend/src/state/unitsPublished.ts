// SPDX-License-Identifier: Apache-2.0
/** Another version of units was published: the style and the list of generations are read again. */

import { signal } from "@preact/signals";
import { fetchSets } from "../api/server";
import type { LayerChange } from "../model/types";
import * as store from "./store";

/** A publication is several statements. */
const TOGETHER_MS = 400;

/** Counts publications seen. */
export const unitsPublished = signal(0);

let timer: ReturnType<typeof setTimeout> | null = null;

export function unitsChanged(changes: readonly LayerChange[]): void {
  if (timer !== null || !changes.some(({ layer }) => store.layerOf(layer)?.store === "unit")) return;
  timer = setTimeout(async () => {
    timer = null;
    const reader = store.reader.value;
    const sets = await fetchSets().catch(() => null);
    if (store.phase.value !== "ready" || store.reader.value !== reader) return;
    if (sets) store.sets.value = [...sets].sort((a, b) => a.valid_from.localeCompare(b.valid_from));
    unitsPublished.value += 1;
  }, TOGETHER_MS);
}
