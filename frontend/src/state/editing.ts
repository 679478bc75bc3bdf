// SPDX-License-Identifier: Apache-2.0
/** Adding, changing and deleting a feature by hand, each with a way back. */

import { batch, effect } from "@preact/signals";
import { ApiError } from "../api/client";
import { deleteItem, type Edited, fetchRules, patchItem, postItem, undoEdit } from "../api/editing";
import { fetchItem } from "../api/server";
import { changesOf, faultOf, localMinute, type Place, placeMembers, textsOf } from "../model/editing";
import type { Item, Layer } from "../model/types";
import { problemText } from "./account";
import { closeCard, toggleLayer } from "./actions";
import { retryDetails } from "./details";
import { type Draft, draft, update } from "./draft";
import { closeDrawer } from "./drawer";
import { currentMap } from "./mapRef";
import { placing, updatePlacing } from "./placing";
import { changed, layerTouched } from "./refresh";
import { layerOf, selection, t, visible } from "./store";
import { say } from "./toast";

function placeOf(item: Item | null): Place | null {
  if (item?.geometry?.type !== "Point") return null;
  const [lon, lat] = item.geometry.coordinates;
  return lon === undefined || lat === undefined ? null : { lon, lat };
}

async function begin(layer: Layer, item: Item | null): Promise<void> {
  const rules = await fetchRules(layer.id).catch(() => ({}));
  const texts = textsOf(layer.fields, item);
  const place = placeOf(item);
  batch(() => {
    if (!visible.value.has(layer.id)) toggleLayer(layer.id);
    closeDrawer();
    draft.value = {
      layer: layer.id,
      item,
      rules,
      before: texts,
      texts,
      placeBefore: place,
      place,
      time: localMinute(new Date().toISOString()),
      busy: false,
      checked: false,
      problem: null,
      conflict: false,
    };
  });
}

export async function startAdding(layer: Layer): Promise<void> {
  closeCard();
  await begin(layer, null);
}

export async function startEditing(layer: Layer, item: Item): Promise<void> {
  await begin(layer, item);
}

export function cancelEditing(): void {
  draft.value = null;
}

/** The point follows the draft or what is placed from the queue, and they follow the point. */
export function keepHandle(): () => void {
  return effect(() => {
    const shown = draft.value;
    const pointed = shown !== null && layerOf(shown.layer)?.geometry === "Point";
    const queued = shown ? null : placing.value;
    const at = (pointed ? shown.place : queued?.place) ?? null;
    const map = currentMap();
    map?.crosshair(pointed || queued !== null);
    map?.marks.handle(at && [at.lon, at.lat], queued?.radius_m ?? null, (place) =>
      shown ? update({ place }) : updatePlacing({ place }),
    );
  });
}

export function faultsOf(layer: Layer, edited: Draft): ReadonlyMap<string, ReturnType<typeof faultOf>> {
  const found = layer.fields.map(
    (field) =>
      [field.name, faultOf(field, edited.rules[field.name], edited.texts[field.name] ?? "")] as const,
  );
  return new Map(found.filter(([, fault]) => fault !== null));
}

function patchOf(layer: Layer, edited: Draft): Record<string, unknown> {
  const fields = changesOf(layer.fields, edited.before, edited.texts);
  const { place, placeBefore } = edited;
  const moved = place && (place.lon !== placeBefore?.lon || place.lat !== placeBefore?.lat);
  return { ...fields, ...(moved && placeMembers(place)) };
}

export async function save(revision = draft.value?.item?.properties.revision): Promise<void> {
  const edited = draft.value;
  const layer = edited && layerOf(edited.layer);
  if (!edited || !layer || edited.busy) return;
  update({ checked: true, problem: null, conflict: false });
  if (faultsOf(layer, edited).size > 0) return;
  const patch = patchOf(layer, edited);
  if (!edited.item && layer.geometry === "Point" && !edited.place)
    return update({ problem: t("edit.noPlace") });
  if (edited.item && Object.keys(patch).length === 0) return update({ problem: t("edit.noChange") });
  update({ busy: true });
  try {
    const answer = edited.item
      ? await patchItem(layer.id, edited.item.id, Number(revision), patch)
      : await postItem(layer.id, {
          ...withoutEmpty(patch),
          ...(layer.time && { time: `${edited.time}:00+07:00` }),
        });
    if (draft.value?.layer === edited.layer) draft.value = null;
    await shown(layer.id, answer, edited.item ? "edit.saved" : "edit.added");
  } catch (error) {
    update({ busy: false, ...refusal(error) });
  }
}

function withoutEmpty(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function refusal(error: unknown): Partial<Draft> {
  if (error instanceof ApiError && error.status === 412) return { conflict: true, problem: null };
  if (error instanceof ApiError && error.code === "outside_area") return { problem: t("edit.outside") };
  return { problem: problemText(error) };
}

/** Somebody was faster: start again from what is true now. */
export async function takeTheirs(): Promise<void> {
  const edited = draft.value;
  const layer = edited && layerOf(edited.layer);
  if (!edited?.item || !layer) return;
  const item = await fetchItem(edited.layer, edited.item.id).catch(() => null);
  if (item) await begin(layer, item);
  retryDetails();
}

/** Somebody was faster, and this is to stand nevertheless: only the fields changed here are written. */
export async function overwrite(): Promise<void> {
  const edited = draft.value;
  if (!edited?.item) return;
  try {
    const item = await fetchItem(edited.layer, edited.item.id);
    await save(item.properties.revision);
  } catch (error) {
    update(refusal(error));
  }
}

export async function remove(layer: Layer, item: Item): Promise<void> {
  try {
    const answer = await deleteItem(layer.id, item.id, Number(item.properties.revision));
    closeCard();
    changed([{ layer: layer.id, upserts: [], removes: [item.id], bulk: false }]);
    offerUndo(layer.id, item.id, answer, "edit.deleted");
  } catch (error) {
    const conflict = error instanceof ApiError && error.status === 412;
    say({ text: conflict ? t("edit.conflict") : problemText(error), tone: "bad" });
    retryDetails();
  }
}

async function shown(layer: string, answer: Edited, key: "edit.saved" | "edit.added"): Promise<void> {
  const { id } = answer;
  if (id !== null) {
    const item = await fetchItem(layer, id).catch(() => null);
    if (item) changed([{ layer, upserts: [item], removes: [], bulk: false }]);
    const same = selection.value?.kind === "item" && selection.value.id === id;
    if (same) retryDetails();
    else selection.value = { kind: "item", layer, id };
  }
  offerUndo(layer, id, answer, key);
}

function offerUndo(
  layer: string,
  id: number | null,
  answer: Edited,
  key: "edit.saved" | "edit.added" | "edit.deleted",
): void {
  const run = async () => {
    try {
      await undoEdit(answer);
      const item = id === null ? null : await fetchItem(layer, id).catch(() => null);
      if (id !== null)
        changed([{ layer, upserts: item ? [item] : [], removes: item ? [] : [id], bulk: false }]);
      layerTouched(layer);
      if (!item && selection.value?.kind === "item" && selection.value.id === id) closeCard();
      else if (selection.value) retryDetails();
      say({ text: t("edit.undone") });
    } catch (error) {
      say({ text: problemText(error), tone: "bad" });
    }
  };
  say({ text: t(key), action: { label: t("import.undo"), run: () => void run() } });
}
