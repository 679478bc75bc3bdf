// SPDX-License-Identifier: Apache-2.0
/** Many messages as one: per layer, the last word on each feature. */

import type { Item, LayerChange } from "../model/types";

type Merging = {
  readonly upserts: Map<number, Item>;
  readonly removes: Set<number>;
  bulk: boolean;
  /** null: all tiles. */
  tiles: Set<string> | null;
};

/** Folds many messages into one change per layer; the last word on an id wins, every touched tile stays touched. */
export function mergeChanges(changes: readonly LayerChange[]): LayerChange[] {
  const merged = new Map<string, Merging>();
  for (const change of changes) {
    const into = merged.get(change.layer) ?? {
      upserts: new Map(),
      removes: new Set(),
      bulk: false,
      tiles: new Set(),
    };
    merged.set(change.layer, into);
    // Delete before set: a later upsert also becomes the later one in order.
    for (const item of change.upserts) {
      into.removes.delete(item.id);
      into.upserts.delete(item.id);
      into.upserts.set(item.id, item);
    }
    for (const id of change.removes) {
      into.upserts.delete(id);
      into.removes.add(id);
    }
    into.bulk ||= change.bulk;
    if (!change.tiles) into.tiles = null;
    else for (const tile of change.tiles) into.tiles?.add(tile);
  }
  return [...merged].map(([layer, { upserts, removes, bulk, tiles }]) => ({
    layer,
    upserts: [...upserts.values()],
    removes: [...removes],
    bulk,
    tiles: tiles && [...tiles],
  }));
}
