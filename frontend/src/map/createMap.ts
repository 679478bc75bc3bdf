// SPDX-License-Identifier: Apache-2.0
import { LngLat, setWorkerUrl, type TransformConstrainFunction } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { View } from "../model/permalink";
import type { Bbox } from "../model/types";
import { HATCH_COLOR, HATCH_IMAGE } from "../style/choropleth";
import { drawHatch, drawIcon, ICON_OPTIONS } from "./images";
import { LiveMap } from "./liveMap";

export type Start = {
  readonly view: View | null;
  readonly bounds: Bbox | null;
  readonly maxBounds: Bbox | null;
};

/** Further out there is nothing of ours to see; nearer, boundaries claim more than they know. */
const MIN_ZOOM = 7;
const MAX_ZOOM = 18;

export const FIT_OPTIONS = { padding: { top: 72, bottom: 40, left: 40, right: 56 } } as const;

/**
 * The centre stays inside the box. MapLibre's own maxBounds wants the whole view inside, and a tall province
 * could then never be seen whole on a wide screen.
 */
function keepWithin([west, south, east, north]: Bbox): TransformConstrainFunction {
  return (center, zoom) => ({
    center: new LngLat(clamp(center.lng, west, east), clamp(center.lat, south, north)),
    zoom: clamp(zoom, MIN_ZOOM, MAX_ZOOM),
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Throws GPUInitializationError where WebGL 2 is missing. */
export function createMap(container: HTMLElement, start: Start): LiveMap {
  setWorkerUrl(workerUrl);
  const map = new LiveMap({
    container,
    attributionControl: false,
    ...(start.maxBounds && { transformConstrain: keepWithin(start.maxBounds) }),
    ...(start.view
      ? { center: [start.view.lon, start.view.lat], zoom: start.view.zoom, bearing: start.view.bearing }
      : start.bounds && {
          bounds: [...start.bounds] as [number, number, number, number],
          fitBoundsOptions: FIT_OPTIONS,
        }),
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    // A plan of the ground: turning is useful, tilting is not.
    maxPitch: 0,
    pitchWithRotate: false,
    renderWorldCopies: false,
    fadeDuration: 120,
  });
  map.setMissingStyleImageResolver((name) => {
    const image = name === HATCH_IMAGE ? drawHatch(HATCH_COLOR) : drawIcon(name);
    if (image && !map.hasImage(name)) map.addImage(name, image, ICON_OPTIONS);
  });
  map.touchZoomRotate.disableRotation();
  return map;
}
