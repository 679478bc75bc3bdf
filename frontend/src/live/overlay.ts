// SPDX-License-Identifier: Apache-2.0
/**
 * What the tiles do not know yet, as a value. Each version of a feature is a drawing of its own, so that the old one
 * and the new one can change places in one frame.
 */

import type { Item, LayerChange } from "../model/types";

export type Entry = {
  /** null: gone, though tiles may still hold it. */
  readonly item: Item | null;
  /** When the change came, in ms. */
  readonly at: number;
  /** The drawing in the overlay; null where there is nothing to draw. */
  readonly drawing: number | null;
};

/** By id of the feature, for one layer. */
export type Overlay = ReadonlyMap<number, Entry>;

export const EMPTY_OVERLAY: Overlay = new Map();

/** What changes on screen, all of it in one frame. */
export type Swap = {
  /** Drawings that are not valid any more. */
  readonly retire: readonly number[];
  /** Features that must not be seen from tiles, from now on. */
  readonly hide: readonly number[];
  /** Features whose tiles are right again. */
  readonly reveal: readonly number[];
};

export type Arrival = {
  readonly change: LayerChange;
  readonly at: number;
  /** The drawings that wait, unseen, for this arrival: by id of the feature. */
  readonly drawings: ReadonlyMap<number, number>;
};

export function applyArrival(overlay: Overlay, { change, at, drawings }: Arrival): [Overlay, Swap] {
  const next = new Map(overlay);
  const retire: number[] = [];
  const hide: number[] = [];
  const put = (id: number, entry: Entry) => {
    const old = next.get(id);
    if (old?.drawing != null) retire.push(old.drawing);
    if (!old) hide.push(id);
    next.set(id, entry);
  };
  for (const id of change.removes) put(id, { item: null, at, drawing: null });
  // Without a place there is nothing to draw, yet the old drawing must go.
  for (const item of change.upserts) put(item.id, { item, at, drawing: drawings.get(item.id) ?? null });
  return [next, { retire, hide, reveal: [] }];
}

/** Forgets what came until `until`: every loaded tile carries it. */
export function pruneOverlay(overlay: Overlay, until: number): [Overlay, Swap] {
  const next = new Map<number, Entry>();
  const retire: number[] = [];
  const reveal: number[] = [];
  for (const [id, entry] of overlay) {
    if (entry.at > until) {
      next.set(id, entry);
      continue;
    }
    if (entry.drawing !== null) retire.push(entry.drawing);
    reveal.push(id);
  }
  return [next, { retire, hide: [], reveal }];
}
