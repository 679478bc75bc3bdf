// SPDX-License-Identifier: Apache-2.0
/** Changes as values: what a batch does to the overlay is computed here, and only applied by the map. */

import type { Item, LayerChange } from "../model/types";

/** What the tiles on screen do not know yet, for one layer. */
export type Overlay = {
  /** id → newest shape and when it came, in ms. */
  readonly items: ReadonlyMap<number, { readonly item: Item; readonly at: number }>;
  /** ids that tiles may still draw although they are gone, and when they went. */
  readonly removed: ReadonlyMap<number, number>;
};

export const EMPTY_OVERLAY: Overlay = { items: new Map(), removed: new Map() };

export type OverlayDiff = {
  readonly remove: readonly number[];
  readonly add: readonly Item[];
  /** Ids that must not be drawn from tiles; null when the set did not change. */
  readonly hidden: readonly number[] | null;
};

/** Folds many messages into one change per layer; the last word on an id wins. */
export function mergeChanges(changes: readonly LayerChange[]): LayerChange[] {
  const merged = new Map<string, { upserts: Map<number, Item>; removes: Set<number>; bulk: boolean }>();
  for (const change of changes) {
    const into = merged.get(change.layer) ?? { upserts: new Map(), removes: new Set(), bulk: false };
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
  }
  return [...merged].map(([layer, { upserts, removes, bulk }]) => ({
    layer,
    upserts: [...upserts.values()],
    removes: [...removes],
    bulk,
  }));
}

export function applyChange(overlay: Overlay, change: LayerChange, now: number): [Overlay, OverlayDiff] {
  const items = new Map(overlay.items);
  const removed = new Map(overlay.removed);
  const remove = new Set<number>();
  const add: Item[] = [];
  for (const id of change.removes) {
    if (items.delete(id)) remove.add(id);
    removed.set(id, now);
  }
  for (const item of change.upserts) {
    if (items.has(item.id)) remove.add(item.id);
    removed.delete(item.id);
    items.set(item.id, { item, at: now });
    // Without a geometry there is nothing to draw, yet the old drawing must go.
    if (item.geometry) add.push(item);
  }
  const next: Overlay = { items, removed };
  return [next, { remove: [...remove], add, hidden: hiddenIfChanged(overlay, next) }];
}

/** Forgets what came before `before`: the tiles fetched since then carry it. */
export function pruneOverlay(overlay: Overlay, before: number): [Overlay, OverlayDiff] {
  const gone = [...overlay.items].filter(([, entry]) => entry.at < before).map(([id]) => id);
  const next: Overlay = {
    items: new Map([...overlay.items].filter(([, entry]) => entry.at >= before)),
    removed: new Map([...overlay.removed].filter(([, at]) => at >= before)),
  };
  return [next, { remove: gone, add: [], hidden: hiddenIfChanged(overlay, next) }];
}

export function hiddenIds(overlay: Overlay): number[] {
  return [...overlay.items.keys(), ...overlay.removed.keys()].sort((a, b) => a - b);
}

function hiddenIfChanged(before: Overlay, after: Overlay): number[] | null {
  const old = hiddenIds(before);
  const next = hiddenIds(after);
  return old.length === next.length && old.every((id, index) => id === next[index]) ? null : next;
}
