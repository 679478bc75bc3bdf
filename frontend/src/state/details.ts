// SPDX-License-Identifier: Apache-2.0
/** What the card shows: fetched for the selection, fetched again when the live stream touches it. */

import { effect, signal, untracked } from "@preact/signals";
import { ApiError } from "../api/client";
import { fetchItem, fetchPlace, fetchUnit } from "../api/server";
import { geometryCentre } from "../model/item";
import type { Item, LayerChange, PlaceAnswer, Selection, UnitDetail } from "../model/types";
import { choices, selection } from "./store";

export type Details =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly gone: boolean }
  | {
      readonly state: "item";
      readonly layer: string;
      readonly item: Item;
      readonly place: PlaceAnswer | null;
    }
  | { readonly state: "unit"; readonly unit: UnitDetail; readonly place: PlaceAnswer | null };

export const details = signal<Details | null>(null);
/** Where the operator clicked: an area has no coordinates of its own worth showing. */
export const clickedAt = signal<{ readonly lon: number; readonly lat: number } | null>(null);

let generation = 0;

async function placeAt(lon: number, lat: number): Promise<PlaceAnswer | null> {
  return fetchPlace(lon, lat).catch(() => null);
}

async function read(wanted: Selection): Promise<Details> {
  const click = untracked(() => clickedAt.value);
  if (wanted.kind === "unit") {
    const [unit, place] = await Promise.all([
      fetchUnit(wanted.set, wanted.code),
      click ? placeAt(click.lon, click.lat) : null,
    ]);
    return { state: "unit", unit, place };
  }
  const item = await fetchItem(wanted.layer, wanted.id);
  const own = item.geometry?.type === "Point" ? geometryCentre(item.geometry) : null;
  const at = own ?? (click ? ([click.lon, click.lat] as const) : geometryCentre(item.geometry));
  return { state: "item", layer: wanted.layer, item, place: at ? await placeAt(at[0], at[1]) : null };
}

async function load(wanted: Selection, quietly: boolean): Promise<void> {
  const mine = ++generation;
  if (!quietly) details.value = { state: "loading" };
  const answer = await read(wanted).catch(
    (error: unknown): Details => ({
      state: "failed",
      gone: error instanceof ApiError && error.status === 404,
    }),
  );
  // A slower answer to an older question must not replace a newer one.
  if (mine === generation) details.value = answer;
}

export function keepDetails(): () => void {
  return effect(() => {
    const wanted = selection.value;
    if (wanted) void load(wanted, false);
    else {
      generation += 1;
      details.value = null;
    }
  });
}

/** Where a click was that named nothing yet: several things, a cell, or plain ground. */
export const chosenPlace = signal<PlaceAnswer | null>(null);

export function keepPlace(): () => void {
  let latest = 0;
  return effect(() => {
    const asked = choices.value;
    latest += 1;
    const mine = latest;
    chosenPlace.value = null;
    if (asked) {
      void placeAt(asked.lon, asked.lat).then((place) => {
        if (mine === latest) chosenPlace.value = place;
      });
    }
  });
}

export function retryDetails(): void {
  if (selection.value) void load(selection.value, false);
}

const UNIT_REFRESH_MS = 4_000;
let _unitRefresh: ReturnType<typeof setTimeout> | null = null;

/** An item is read again at once; a unit's counts at most every few seconds. */
export function detailsChanged(changes: readonly LayerChange[]): void {
  const wanted = selection.value;
  if (wanted?.kind === "item") {
    const touched = changes.some(
      (change) =>
        change.layer === wanted.layer &&
        (change.upserts.some((item) => item.id === wanted.id) || change.removes.includes(wanted.id)),
    );
    if (touched) void load(wanted, true);
  } else if (wanted?.kind === "unit") {
    _unitRefresh ??= setTimeout(() => {
      _unitRefresh = null;
      if (selection.value?.kind === "unit") void load(selection.value, true);
    }, UNIT_REFRESH_MS);
  }
}
