// SPDX-License-Identifier: Apache-2.0
/** Working off the queue of what has no place: look, choose or set, confirm, next; each with a way back. */

import { batch, effect } from "@preact/signals";
import { ApiError } from "../api/client";
import { fetchItem } from "../api/server";
import { deletePlace, fetchQueue, postPlace } from "../api/unlocated";
import { placeMembers } from "../model/editing";
import type { Bbox } from "../model/types";
import { type Candidate, type Decision, keyOf, putBack, stepFrom, type Unlocated } from "../model/unlocated";
import { problemText } from "./account";
import { closeCard } from "./actions";
import { draft } from "./draft";
import { closeDrawer } from "./drawer";
import { currentMap } from "./mapRef";
import { placing, updatePlacing } from "./placing";
import {
  count,
  queueBusy,
  queueCounts,
  queueItem,
  queueItems,
  queueKey,
  queueNext,
  queuePhase,
  queueTotal,
  takeOut,
} from "./queueList";
import { changed, layerTouched } from "./refresh";
import { mapIdle, t } from "./store";
import { say } from "./toast";
import { closeWorkspace, workspace } from "./workspace";

export const queueLayer = (): string | null =>
  workspace.value?.view === "unlocated" ? workspace.value.layer : null;

export function openQueue(layer: string | null = null): void {
  batch(() => {
    closeCard();
    closeDrawer();
    draft.value = null;
    workspace.value = { view: "unlocated", layer };
  });
}

export function closeQueue(): void {
  batch(() => {
    placing.value = null;
    closeWorkspace();
  });
}

let asked = 0;

/** From the start; `quietly` keeps what is being looked at. */
export async function loadQueue(layer: string | null, quietly = false): Promise<void> {
  const mine = ++asked;
  if (!quietly) queuePhase.value = "loading";
  try {
    const answer = await fetchQueue({ layer, after: null });
    if (mine !== asked) return;
    batch(() => {
      const known = new Set(queueItems.value.map(keyOf));
      const fresh = answer.items.filter((item) => !known.has(keyOf(item)));
      queueItems.value = quietly ? [...queueItems.value, ...fresh] : answer.items;
      if (!quietly || known.size === 0) queueNext.value = answer.next;
      queueTotal.value = layer === null ? answer.total : (answer.counts[layer] ?? 0);
      queueCounts.value = answer.counts;
      if (!queueItem.value) queueKey.value = queueItems.value[0] ? keyOf(queueItems.value[0]) : null;
      queuePhase.value = "ready";
    });
  } catch (error) {
    if (mine === asked && !quietly) queuePhase.value = { problem: problemText(error) };
  }
}

async function loadMore(): Promise<void> {
  const after = queueNext.value;
  if (after === null) return;
  queueNext.value = null;
  const mine = asked;
  const answer = await fetchQueue({ layer: queueLayer(), after }).catch(() => null);
  if (!answer || mine !== asked) return;
  const known = new Set(queueItems.value.map(keyOf));
  queueItems.value = [...queueItems.value, ...answer.items.filter((item) => !known.has(keyOf(item)))];
  queueNext.value = answer.next;
}

const NEAR_THE_END = 10;

export function step(by: 1 | -1): void {
  batch(() => {
    queueKey.value = stepFrom(queueItems.value, queueKey.value, by);
    updatePlacing({ place: null });
  });
}

export function show(item: Unlocated): void {
  batch(() => {
    queueKey.value = keyOf(item);
    updatePlacing({ place: null });
  });
}

export function togglePlacing(): void {
  placing.value = placing.value || !queueItem.value ? null : { place: null, radius_m: null };
}

/** One step back: the point, then placing, then the queue. */
export function back(): void {
  const now = placing.value;
  if (now?.place) updatePlacing({ place: null });
  else if (now) placing.value = null;
  else closeQueue();
}

export async function confirmPlace(): Promise<void> {
  const item = queueItem.value;
  const now = placing.value;
  if (!item || !now?.place) return;
  const radius = now.radius_m === null ? {} : { radius_m: now.radius_m };
  await decide(item, { ...placeMembers(now.place), ...radius }, t("queue.placed", { title: titleOf(item) }));
}

export async function chooseUnit({ unit_set, code, name }: Candidate): Promise<void> {
  const item = queueItem.value;
  if (!item) return;
  const words = t("queue.placedUnit", { title: titleOf(item), unit: name });
  await decide(item, { unit_set, unit_code: code }, words);
}

export function titleOf(item: Unlocated): string {
  return item.title ?? item.external_id;
}

async function decide(item: Unlocated, decision: Decision, words: string): Promise<void> {
  if (queueBusy.value) return;
  queueBusy.value = true;
  try {
    await postPlace(item, decision);
    const at = takeOut(keyOf(item));
    void redraw(item);
    say({ text: words, action: { label: t("import.undo"), run: () => void undo(item, at) } });
  } catch (error) {
    const gone = error instanceof ApiError && [404, 409].includes(error.status);
    if (gone) takeOut(keyOf(item));
    say({ text: gone ? t("queue.gone") : problemText(error), tone: "bad" });
  } finally {
    queueBusy.value = false;
  }
}

async function undo(item: Unlocated, at: number): Promise<void> {
  try {
    await deletePlace(item);
    batch(() => {
      queueItems.value = putBack(queueItems.value, item, Math.max(at, 0));
      count(item.layer, 1);
      queueKey.value = keyOf(item);
    });
    void redraw(item);
    layerTouched(item.layer);
    say({ text: t("queue.undone", { title: titleOf(item) }) });
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
  }
}

/** Drawn at once, without waiting for the stream. */
async function redraw({ layer, id }: Unlocated): Promise<void> {
  const item = await fetchItem(layer, id).catch(() => null);
  if (item) changed([{ layer, upserts: [item], removes: [], bulk: false }]);
}

/** What the queue shows on the map, and more items before the last one is reached. */
export function keepQueue(): () => void {
  const stops = [
    effect(() => {
      const open = workspace.value?.view === "unlocated";
      // A map that was mounted meanwhile has no marks yet.
      void mapIdle.value;
      const candidates = open ? (queueItem.value?.candidates ?? []) : [];
      currentMap()?.marks.label(candidates.map(({ name, lon, lat }) => ({ name, lon, lat })));
    }),
    effect(() => {
      const item = workspace.value?.view === "unlocated" ? queueItem.value : null;
      const box = around(item?.candidates ?? []);
      if (box) currentMap()?.fit(box);
    }),
    effect(() => {
      const at = queueItems.value.findIndex((item) => keyOf(item) === queueKey.value);
      if (at >= queueItems.value.length - NEAR_THE_END) void loadMore();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** About two kilometres more on every side: a commune is no point. */
const AROUND_DEGREES = 0.02;

function around(candidates: readonly Candidate[]): Bbox | null {
  if (candidates.length === 0) return null;
  const lons = candidates.map(({ lon }) => lon);
  const lats = candidates.map(({ lat }) => lat);
  return [
    Math.min(...lons) - AROUND_DEGREES,
    Math.min(...lats) - AROUND_DEGREES,
    Math.max(...lons) + AROUND_DEGREES,
    Math.max(...lats) + AROUND_DEGREES,
  ];
}
