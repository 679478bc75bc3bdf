// SPDX-License-Identifier: Apache-2.0
/** What the workspace's map shows: which versions, which overlays, what is in focus. */

import { batch, computed, signal } from "@preact/signals";
import type { Geometry } from "geojson";
import type { Picked } from "../../map/boundaries/reviewMap";
import type { Publication } from "../../model/boundaries/published";
import { geometryBbox, geometryCentre } from "../../model/item";
import type { Bbox } from "../../model/types";
import type { Shapes } from "../../style/review";
import { activeSet, site } from "../store";
import { workspace } from "../workspace";
import { changes, chooseTab, draft, findings, foundHere, tab } from "./draft";
import { currentVersion } from "./lists";
import { currentReview } from "./reviewRef";

export type MapMode = "after" | "before" | "swipe";

export const mapMode = signal<MapMode>("after");
/** Where the divider is, as a share of the width. */
export const divider = signal(0.5);
/** A publication of the history that is compared with what is in use. */
export const compared = signal<Publication | null>(null);
export const focus = signal<Picked | null>(null);

export type Shown = { readonly version: number | null; readonly set: string | null };

/** What lies right of the divider: the draft, or what is in use. */
export const after = computed<Shown>(() => {
  if (workspace.value?.view === "draft") {
    const shown = draft.value;
    if (!shown) return { version: null, set: null };
    return shown.version
      ? { version: shown.version, set: shown.target.set }
      : { version: shown.base?.version ?? null, set: shown.base?.set ?? null };
  }
  const set = compared.value?.unit_set ?? activeSet.value?.id ?? null;
  return { version: set ? (currentVersion(set)?.id ?? null) : null, set };
});

/** What lies left of it; null where there is nothing to compare. */
export const before = computed<Shown | null>(() => {
  if (workspace.value?.view === "draft") {
    const base = draft.value?.version ? draft.value.base : null;
    return base?.version ? { version: base.version, set: base.set } : null;
  }
  const shown = compared.value;
  return shown?.version ? { version: shown.version, set: shown.unit_set } : null;
});

/** Without something before, there is only after. */
export const effectiveMode = computed<MapMode>(() => (before.value ? mapMode.value : "after"));

export const shownChanges = computed<Shapes | null>(() => {
  if (workspace.value?.view !== "draft" || tab.value === "findings" || tab.value === "questions") return null;
  return drawable(changes.value);
});

export const shownFindings = computed<Shapes | null>(() =>
  workspace.value?.view === "draft" && tab.value === "findings" ? drawable(findings.value) : null,
);

export const findingMarks = computed<Shapes | null>(() => {
  if (!shownFindings.value) return null;
  const features = foundHere.value.flatMap(({ finding, geometry }): GeoJSON.Feature[] => {
    const at = geometryCentre(geometry);
    if (!at) return [];
    const { number, severity, waiver } = finding;
    const properties = { number, severity, waived: waiver !== null };
    return [{ type: "Feature", geometry: { type: "Point", coordinates: [...at] }, properties }];
  });
  return { type: "FeatureCollection", features };
});

export const focusGeometry = computed<Geometry | null>(() => {
  const picked = focus.value;
  if (!picked || workspace.value?.view !== "draft") return null;
  if ((picked.kind === "finding") !== (tab.value === "findings")) return null;
  if (picked.kind === "finding") {
    return foundHere.value.find(({ finding }) => finding.number === picked.number)?.geometry ?? null;
  }
  const parts = (changes.value?.features ?? []).filter(
    ({ properties }) => properties.number === picked.number,
  );
  const geometries = parts.flatMap(({ geometry }) => (geometry ? [geometry] : []));
  return geometries.length ? { type: "GeometryCollection", geometries } : null;
});

type AnyDrawn = {
  readonly features: readonly { readonly geometry: Geometry | null; readonly properties: object }[];
};

/** What has no place cannot be drawn. */
function drawable(drawn: AnyDrawn | null): Shapes | null {
  if (!drawn) return null;
  const features = drawn.features.flatMap(({ geometry, properties }): GeoJSON.Feature[] =>
    geometry ? [{ type: "Feature", geometry, properties: { ...properties } }] : [],
  );
  return { type: "FeatureCollection", features };
}

/** From a list: the map goes there. */
export function goTo(picked: Picked): void {
  focus.value = picked;
  const box = geometryBbox(focusGeometry.value);
  if (box) currentReview()?.fit(padded(box));
}

/** A sliver of two metres is seen with the ground around it. */
function padded([west, south, east, north]: Bbox): Bbox {
  const least = 0.0012;
  const wide = Math.max(0, least - (east - west)) / 2;
  const tall = Math.max(0, least - (north - south)) / 2;
  return [west - wide, south - tall, east + wide, north + tall];
}

/** From the map: the list shows it. */
export function pickOnMap(picked: Picked | null): void {
  batch(() => {
    focus.value = picked;
    if (picked) chooseTab(picked.kind === "finding" ? "findings" : "changes");
  });
}

export const wholeBox = computed<Bbox | null>(() => {
  const own = workspace.value?.view === "draft" ? (draft.value?.bbox ?? null) : null;
  return own ?? activeSet.value?.bbox ?? site.value?.view ?? null;
});

export function showWhole(): void {
  if (wholeBox.value) currentReview()?.fit(wholeBox.value);
}

export function setDivider(share: number): void {
  divider.value = Math.min(Math.max(share, 0), 1);
}

export function compare(publication: Publication | null): void {
  batch(() => {
    compared.value = publication;
    mapMode.value = publication ? "swipe" : "after";
  });
  if (!publication) return;
  const box = currentVersion(publication.unit_set)?.bbox;
  if (box) currentReview()?.fit(box);
}

export function forgetReview(): void {
  batch(() => {
    focus.value = null;
    compared.value = null;
    mapMode.value = "after";
    divider.value = 0.5;
  });
}

/** The change that is looked at; the others step back. */
export const changeInFocus = computed(() => (focus.value?.kind === "change" ? focus.value.number : null));
