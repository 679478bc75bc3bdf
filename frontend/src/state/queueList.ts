// SPDX-License-Identifier: Apache-2.0
/** The queue as it is known here; what somebody else places leaves it with the live stream. */

import { batch, computed, signal } from "@preact/signals";
import { isUnitOnly } from "../model/item";
import type { Item, LayerChange } from "../model/types";
import { afterDone, keyOf, type Unlocated } from "../model/unlocated";
import { updatePlacing } from "./placing";

export const queueItems = signal<readonly Unlocated[]>([]);
export const queueKey = signal<string | null>(null);
export const queueCounts = signal<Readonly<Record<string, number>>>({});
export const queueTotal = signal(0);
/** Where the next part of the list begins; null at its end. */
export const queueNext = signal<string | null>(null);
export const queuePhase = signal<"loading" | "ready" | { readonly problem: string }>("loading");
export const queueBusy = signal(false);
export const queueItem = computed(
  () => queueItems.value.find((item) => keyOf(item) === queueKey.value) ?? null,
);

/** Taken out because it is done; the next one comes by itself. Answers where it stood. */
export function takeOut(key: string): number {
  const items = queueItems.value;
  const at = items.findIndex((item) => keyOf(item) === key);
  const item = items[at];
  if (!item) return -1;
  batch(() => {
    if (queueKey.value === key) {
      queueKey.value = afterDone(items, key);
      updatePlacing({ place: null });
    }
    queueItems.value = items.filter((_, nth) => nth !== at);
    count(item.layer, -1);
  });
  return at;
}

export function count(layer: string, step: 1 | -1): void {
  queueTotal.value = Math.max(0, queueTotal.value + step);
  const before = queueCounts.value[layer] ?? 0;
  queueCounts.value = { ...queueCounts.value, [layer]: Math.max(0, before + step) };
}

function isPlaced(item: Item): boolean {
  return item.geometry !== null || isUnitOnly(item);
}

export function queueChanges(changes: readonly LayerChange[]): void {
  if (queueItems.value.length === 0) return;
  const done = changes.flatMap(({ layer, upserts, removes }) => [
    ...upserts.filter(isPlaced).map(({ id }) => keyOf({ layer, id })),
    ...removes.map((id) => keyOf({ layer, id })),
  ]);
  for (const key of done) takeOut(key);
}
