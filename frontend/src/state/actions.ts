// SPDX-License-Identifier: Apache-2.0
/** What the operator can do, one function per gesture. */

import { batch } from "@preact/signals";
import type { Hit } from "../map/pick";
import { geometryBbox, geometryCentre } from "../model/item";
import type { Bbox, Item, Lang, Theme } from "../model/types";
import { clickedAt } from "./details";
import { draft, update } from "./draft";
import { currentMap } from "./mapRef";
import { placing, updatePlacing } from "./placing";
import * as store from "./store";

export function setLang(lang: Lang): void {
  store.lang.value = lang;
}

export function setTheme(theme: Theme): void {
  store.theme.value = theme;
}

export function toggleLayer(id: string): void {
  const next = new Set(store.visible.value);
  if (!next.delete(id)) next.add(id);
  store.visible.value = next;
}

export function showHexagons(id: string | null): void {
  store.hexLayerId.value = id;
}

/** The other generation has other units: a unit that was open does not exist there. */
export function switchSet(id: string): void {
  batch(() => {
    if (store.selection.value?.kind === "unit" && store.selection.value.set !== id) closeCard();
    store.activeSetId.value = id;
  });
}

export function pickAt(hits: readonly Hit[], at: { readonly lon: number; readonly lat: number }): void {
  // While a feature is being placed, a click says where.
  if (draft.value) {
    if (store.layerOf(draft.value.layer)?.geometry === "Point") update({ place: at });
    return;
  }
  if (placing.value) {
    updatePlacing({ place: at });
    return;
  }
  batch(() => {
    const items = hits.filter((hit) => hit.kind !== "unit");
    // Plain ground closes what is open; with nothing open it answers where this is.
    if (hits.length === 0 && (store.selection.value || store.choices.value)) return closeCard();
    // A folded cell lies on top: nearer there is something to choose from.
    const [fold] = items;
    if (fold?.kind === "fold") {
      choose(fold);
      return;
    }
    clickedAt.value = at;
    const only = items.length === 0 ? hits[0] : items.length === 1 ? items[0] : undefined;
    store.choices.value = only && only.kind !== "cell" ? null : { hits, ...at };
    if (only && only.kind !== "cell") choose(only);
    else store.selection.value = null;
  });
}

export function choose(hit: Hit): void {
  if (hit.kind === "fold") {
    closeCard();
    currentMap()?.zoomInto(hit.at);
    return;
  }
  if (hit.kind === "item") store.selection.value = { kind: "item", layer: hit.layer, id: hit.id };
  else if (hit.kind === "unit" && store.activeSetId.value) {
    const code = String(hit.properties.code);
    store.selection.value = { kind: "unit", set: store.activeSetId.value, code };
  }
}

/** A unit named in a card may be of the other generation; opening it shows that generation. */
export function openUnit(set: string, code: string): void {
  batch(() => {
    clickedAt.value = null;
    store.choices.value = null;
    store.selection.value = { kind: "unit", set, code };
    store.activeSetId.value = set;
  });
}

export function openItem(layer: string, item: Item): void {
  batch(() => {
    clickedAt.value = null;
    store.choices.value = null;
    store.selection.value = { kind: "item", layer, id: item.id };
    if (!store.visible.value.has(layer)) toggleLayer(layer);
  });
  goTo(item);
}

export function goTo(item: Item): void {
  const centre = geometryCentre(item.geometry);
  const box = geometryBbox(item.geometry);
  if (!centre || !box) return;
  if (box[0] === box[2] && box[1] === box[3]) currentMap()?.flyTo(centre);
  else currentMap()?.fit(box);
}

export function goToBox(bbox: Bbox): void {
  currentMap()?.fit(bbox);
}

export function backToChoices(): void {
  store.selection.value = null;
}

export function closeCard(): void {
  batch(() => {
    store.selection.value = null;
    store.choices.value = null;
    clickedAt.value = null;
  });
}
