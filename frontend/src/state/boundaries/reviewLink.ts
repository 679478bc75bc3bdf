// SPDX-License-Identifier: Apache-2.0
/** Ties the workspace's map to the signals. */

import { effect, signal, untracked } from "@preact/signals";
import { GPUInitializationError } from "maplibre-gl";
import { unagreedUrl, versionTiles } from "../../api/boundaries/publications";
import { underlayTiles } from "../../api/boundaries/underlays";
import { getJson } from "../../api/client";
import { ReviewMap } from "../../map/boundaries/reviewMap";
import { type ReviewChoice, reviewStyle, type Shapes } from "../../style/review";
import { REVIEW_PALETTE } from "../../style/reviewPalette";
import { activeSetId, baseStyle, layers, site, theme, view } from "../store";
import * as review from "./review";
import { setCurrentReview } from "./reviewRef";
import { isReady, opacities, opacityOf, underlays } from "./underlays";
import { tb } from "./words";

export const reviewFailure = signal(false);
export const reviewIdle = signal(false);
/** Borders that are not agreed on, by version. */
const unagreed = signal<ReadonlyMap<number, Shapes>>(new Map());

export function mountReview(container: HTMLElement): () => void {
  let mounted: ReviewMap;
  try {
    const start = {
      view: untracked(() => view.value),
      bounds: untracked(() => review.wholeBox.value),
      maxBounds: untracked(() => site.value?.max_bounds ?? null),
    };
    mounted = new ReviewMap(container, start, {
      onPick: review.pickOnMap,
      onIdle: () => {
        reviewIdle.value = true;
      },
    });
  } catch (error) {
    if (!(error instanceof GPUInitializationError)) throw error;
    reviewFailure.value = true;
    return () => {};
  }
  setCurrentReview(mounted);
  const stops = [
    keepStyle(mounted),
    keepUnagreed(),
    effect(() => mounted.split(review.divider.value)),
    effect(() => mounted.label(tb("map.area"))),
    keepOpacity(mounted),
    keepFitting(mounted),
  ];
  return () => {
    for (const stop of stops) stop();
    setCurrentReview(null);
    mounted.destroy();
    reviewIdle.value = false;
    unagreed.value = new Map();
  };
}

function choiceFor(shown: review.Shown, isBefore: boolean): ReviewChoice | null {
  const units = layers.value.find((layer) => layer.store === "unit");
  if (!units) return null;
  return {
    units: units.id,
    tiles: shown.version ? versionTiles(units.id, shown.version) : null,
    isForeign: shown.set !== null && shown.set !== activeSetId.value,
    underlays: underlays.value.filter(isReady).map((one) => ({
      id: one.id,
      tiles: underlayTiles(one.id),
      opacity: untracked(() => opacityOf(one.id)),
      bounds: one.bbox,
      zooms: [one.min_zoom ?? 0, one.max_zoom ?? 18],
    })),
    changes: review.shownChanges.value,
    findings: isBefore ? null : review.shownFindings.value,
    marks: isBefore ? null : review.findingMarks.value,
    unagreed: (shown.version && unagreed.value.get(shown.version)) || null,
    focus: review.focus.value?.kind === "finding" ? review.focusGeometry.value : null,
    change: review.changeInFocus.value,
    palette: REVIEW_PALETTE[theme.value],
  };
}

function keepStyle(map: ReviewMap): () => void {
  return effect(() => {
    const base = baseStyle.value;
    const mode = review.effectiveMode.value;
    const { value: left } = review.before;
    const right = mode === "before" && left ? left : review.after.value;
    const main = choiceFor(right, mode === "before");
    if (!base || !main) return;
    const other = mode === "swipe" && left ? choiceFor(left, true) : null;
    map.draw(reviewStyle(base, main), other && reviewStyle(base, other));
  });
}

function keepUnagreed(): () => void {
  return effect(() => {
    for (const shown of [review.after.value, review.before.value]) {
      const version = shown?.version;
      if (!version || untracked(() => unagreed.value.has(version))) continue;
      const none: Shapes = { type: "FeatureCollection", features: [] };
      untracked(() => keep(version, none));
      getJson<Shapes>(unagreedUrl(version)).then(
        (edges) => keep(version, edges),
        () => {},
      );
    }
  });
}

function keep(version: number, edges: Shapes): void {
  unagreed.value = new Map(unagreed.value).set(version, edges);
}

/** Sliding changes one number of the map, not its style. */
function keepOpacity(map: ReviewMap): () => void {
  return effect(() => {
    for (const [id, value] of opacities.value) map.underlayOpacity(id, value);
  });
}

/** Another draft lies elsewhere. */
function keepFitting(map: ReviewMap): () => void {
  let known = untracked(() => JSON.stringify(review.wholeBox.value));
  return effect(() => {
    const box = review.wholeBox.value;
    const key = JSON.stringify(box);
    if (!box || key === known) return;
    known = key;
    map.fit(box, false);
  });
}
