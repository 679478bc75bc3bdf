// SPDX-License-Identifier: Apache-2.0
/** After a change of our own: the map, the counts and the coloured units follow without waiting for the stream. */

import { batch } from "@preact/signals";
import { fetchCatalog } from "../api/server";
import type { LayerChange } from "../model/types";
import { valuesChanged } from "./choropleth";
import { detailsChanged } from "./details";
import { feedChanges } from "./feed";
import { afterDrawn, applyLiveToMap } from "./mapLink";
import { queueChanges } from "./queueList";
import * as store from "./store";
import { unitsChanged } from "./unitsPublished";

const COUNTS_EVERY_MS = 4_000;
let countsTimer: ReturnType<typeof setTimeout> | null = null;
let countsAt = 0;

/** Counts and freshness come from the server, soon after a change and then at most every few seconds. */
export function refreshCounts(): void {
  if (countsTimer !== null) return;
  const wait = Math.max(600, countsAt + COUNTS_EVERY_MS - Date.now());
  countsTimer = setTimeout(async () => {
    countsTimer = null;
    countsAt = Date.now();
    const before = store.reader.value;
    const catalog = await fetchCatalog().catch(() => null);
    // Somebody else may have signed in meanwhile.
    if (catalog && store.phase.value === "ready" && store.reader.value === before) {
      store.layers.value = catalog.layers;
    }
  }, wait);
}

export function changed(changes: readonly LayerChange[]): void {
  const reader = store.reader.value;
  applyLiveToMap(changes);
  // The map goes first; every list that is drawn meanwhile would keep it waiting.
  afterDrawn(() => {
    if (store.reader.value !== reader) return;
    batch(() => {
      feedChanges(changes);
      queueChanges(changes);
      detailsChanged(changes);
      valuesChanged(changes);
      unitsChanged(changes);
    });
    refreshCounts();
  });
}

/** Many features at once: the layer's tiles are fetched again. */
export function layerTouched(layer: string): void {
  changed([{ layer, upserts: [], removes: [], bulk: true }]);
}
