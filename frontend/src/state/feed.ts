// SPDX-License-Identifier: Apache-2.0
/** The newest developments, newest first; rows wait while the operator's pointer is over the list. */

import { computed, signal } from "@preact/signals";
import { fetchNewest } from "../api/server";
import { itemTime } from "../model/item";
import type { Item, Layer, LayerChange } from "../model/types";
import { layers, type Phase } from "./store";

export type Row = {
  readonly layer: string;
  readonly item: Item;
  readonly at: number;
  readonly fresh: boolean;
};

const KEEP = 120;
const FIRST_LOAD = 30;

export const feedPhase = signal<Phase>("loading");
export const feedFilter = signal<string | null>(null);
const rows = signal<readonly Row[]>([]);
const waiting = signal<readonly Row[]>([]);
const held = signal(false);

/** Layers of events: they are live and each item has its own time. Readings of devices are not news. */
export const feedLayers = computed<readonly Layer[]>(() => {
  const live = layers.value.filter((layer) => layer.live && layer.store === "feature");
  const events = live.filter((layer) => layer.time);
  return events.length ? events : live;
});

const passes = (row: Row) => feedFilter.value === null || row.layer === feedFilter.value;
export const shownRows = computed(() => rows.value.filter(passes));
export const waitingCount = computed(() => waiting.value.filter(passes).length);

function rowKey(row: Row): string {
  return `${row.layer}/${row.item.id}`;
}

/** Newest first, each item once; the later argument's version of an item wins. */
export function mergeRows(old: readonly Row[], fresh: readonly Row[]): Row[] {
  const byKey = new Map<string, Row>();
  for (const row of [...old, ...fresh]) byKey.set(rowKey(row), row);
  return [...byKey.values()].sort((a, b) => b.at - a.at).slice(0, KEEP);
}

function rowOf(layer: string, item: Item, fresh: boolean): Row {
  const time = itemTime(item);
  const at = time ? Date.parse(time) : Number.NaN;
  return { layer, item, at: Number.isNaN(at) ? 0 : at, fresh };
}

let asked = 0;

export async function loadFeed(): Promise<void> {
  const mine = asked;
  try {
    const all = await Promise.all(
      feedLayers.value.map(async ({ id }) =>
        (await fetchNewest(id, FIRST_LOAD)).map((item) => rowOf(id, item, false)),
      ),
    );
    if (mine !== asked) return;
    rows.value = mergeRows(all.flat(), rows.value);
    feedPhase.value = "ready";
  } catch {
    if (mine === asked) feedPhase.value = "failed";
  }
}

export function clearFeed(): void {
  asked += 1;
  rows.value = [];
  waiting.value = [];
  feedFilter.value = null;
  feedPhase.value = "loading";
}

export function feedChanges(changes: readonly LayerChange[]): void {
  const wanted = new Set(feedLayers.value.map((layer) => layer.id));
  const mine = changes.filter((change) => wanted.has(change.layer));
  const gone = new Set(mine.flatMap((change) => change.removes.map((id) => `${change.layer}/${id}`)));
  const fresh = mine.flatMap((change) => change.upserts.map((item) => rowOf(change.layer, item, true)));
  if (gone.size) {
    rows.value = rows.value.filter((row) => !gone.has(rowKey(row)));
    waiting.value = waiting.value.filter((row) => !gone.has(rowKey(row)));
  }
  if (fresh.length === 0) return;
  if (held.value) waiting.value = mergeRows(waiting.value, fresh);
  else rows.value = mergeRows(rows.value, fresh);
}

/** While held, the list does not move under the hand. */
export function holdFeed(hold: boolean): void {
  held.value = hold;
  if (!hold) releaseFeed();
}

export function releaseFeed(): void {
  if (waiting.value.length === 0) return;
  rows.value = mergeRows(rows.value, waiting.value);
  waiting.value = [];
}
