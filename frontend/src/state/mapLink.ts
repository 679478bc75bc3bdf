// SPDX-License-Identifier: Apache-2.0
/** Ties the map controller to the signals: the map is drawn from them and reports into them. */

import { effect, untracked } from "@preact/signals";
import { GPUInitializationError } from "maplibre-gl";
import { hexTilesUrl } from "../api/server";
import { MapController } from "../map/controller";
import { classOf } from "../model/choropleth";
import { formatNumber } from "../model/format";
import type { View } from "../model/permalink";
import type { LayerChange } from "../model/types";
import type { ChoroplethStyle } from "../style/choropleth";
import { asFeature } from "../style/compose";
import type { HexagonStyle } from "../style/hexagons";
import { MAP_PALETTE } from "../style/palette";
import type { SelectionStyle } from "../style/selection";
import type { UnitBadges } from "../style/unitBadges";
import { pickAt } from "./actions";
import { values, valuesClasses } from "./choropleth";
import { details } from "./details";
import { currentMap, setCurrentMap } from "./mapRef";
import * as store from "./store";
import { unitOnly } from "./unitOnly";

export function mountMap(container: HTMLElement): () => void {
  let mounted: MapController;
  try {
    mounted = new MapController(
      container,
      {
        view: store.view.value,
        bounds: store.homeBounds.value,
        maxBounds: store.site.value?.max_bounds ?? null,
      },
      {
        onPick: pickAt,
        onMove: (view) => {
          store.view.value = view;
        },
        onPointer: (at) => {
          store.pointer.value = at;
        },
        onIdle: () => {
          if (store.baseStyle.value) store.mapIdle.value = true;
        },
        onError: (message) => {
          console.warn("map:", message);
        },
      },
    );
  } catch (error) {
    if (!(error instanceof GPUInitializationError)) throw error;
    store.mapFailure.value = "webgl";
    return () => {};
  }
  setCurrentMap(mounted);
  store.view.value = mounted.view;
  const stops = [keepDrawing(mounted), keepLabel(mounted), keepFitting(mounted), keepOnline(mounted)];
  return () => {
    for (const stop of stops) stop();
    mounted.destroy();
    setCurrentMap(null);
  };
}

function hexagonStyle(): HexagonStyle | null {
  const layer = store.hexLayerId.value;
  const ramp = store.hexBreaks.value;
  const resolution = store.hexResolution.value;
  if (!layer || !ramp || ramp.key !== `${layer}/${resolution}`) return null;
  return { tiles: hexTilesUrl(layer, resolution), breaks: ramp.breaks };
}

function choroplethStyle(): ChoroplethStyle | null {
  const shown = values.value;
  const units = store.layers.value.find((layer) => layer.store === "unit");
  if (!shown || !units) return null;
  const classes = valuesClasses.value;
  const codesOf = (wanted: number) =>
    shown.units.flatMap(({ code, value }) => (classOf(classes, value) === wanted ? [code] : []));
  return { layer: units.id, classes: classes.from.map((_, nth) => codesOf(nth)), zeros: codesOf(-1) };
}

function selectionStyle(): SelectionStyle | null {
  const picked = store.selection.value;
  if (picked?.kind === "unit") {
    if (picked.set !== store.activeSetId.value) return null;
    const units = store.layers.value.find((layer) => layer.store === "unit");
    return units ? { unit: { layer: units.id, code: picked.code }, shape: null } : null;
  }
  const shown = details.value;
  if (picked && shown?.state === "item" && shown.item.id === picked.id && shown.item.geometry) {
    return { unit: null, shape: asFeature(shown.item) };
  }
  return null;
}

function badgeStyle(): UnitBadges | null {
  const units = store.layers.value.find((layer) => layer.store === "unit");
  if (!units || unitOnly.value.size === 0) return null;
  const counts = [...unitOnly.value].map(([code, n]) => [code, formatNumber(n, store.lang.value)] as const);
  return { layer: units.id, counts };
}

function keepDrawing(map: MapController): () => void {
  // Counts refresh often; only what the style is made from may redraw it.
  let drawnLayers = "";
  let layers = store.layers.value;
  let lastKey = "";
  let lastBase: unknown = null;
  return effect(() => {
    const ids = store.layers.value.map((layer) => layer.id).join();
    if (ids !== drawnLayers) {
      drawnLayers = ids;
      layers = store.layers.value;
    }
    const base = store.baseStyle.value;
    const choice = {
      visible: store.visible.value,
      hexagons: hexagonStyle(),
      choropleth: choroplethStyle(),
      selection: selectionStyle(),
      badges: badgeStyle(),
      palette: MAP_PALETTE[store.theme.value],
    };
    const key = JSON.stringify([
      ids,
      [...choice.visible],
      choice.hexagons,
      choice.choropleth,
      choice.selection,
      choice.badges,
    ]);
    if (!base || (key === lastKey && base === lastBase)) return;
    lastKey = key;
    lastBase = base;
    map.draw(base, { ...choice, layers });
  });
}

function keepLabel(map: MapController): () => void {
  return effect(() => map.label(store.t("map.label")));
}

function keepOnline(map: MapController): () => void {
  return effect(() => {
    const state = store.streamState.value;
    if (state !== "connecting") map.setOnline(state === "live");
  });
}

/** Another generation of units covers other ground: show all of it. The first one is shown by the start view. */
function keepFitting(map: MapController): () => void {
  let known = store.activeSetId.value;
  return effect(() => {
    const set = store.activeSet.value;
    if (!set || set.id === known) return;
    known = set.id;
    if (untracked(() => store.selection.value)?.kind !== "unit") map.fit(set.bbox);
  });
}

export function applyLiveToMap(changes: readonly LayerChange[]): void {
  // Tiles of units are for ever: another version has other addresses, which the next style will name (unitsPublished).
  const others = changes.filter(({ layer }) => store.layerOf(layer)?.store !== "unit");
  currentMap()?.applyLive(others, store.hexLayerId.value);
}

/** Without a map there is nothing to wait for. */
export function afterDrawn(then: () => void): void {
  const map = currentMap();
  if (map) map.afterDrawn(then);
  else then();
}

export function reloadMap(): void {
  currentMap()?.reload();
}

export function moveMapTo(view: View): void {
  currentMap()?.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom, bearing: view.bearing });
}

export function goHome(): void {
  const bounds = store.homeBounds.value;
  if (bounds) currentMap()?.fit(bounds);
}
