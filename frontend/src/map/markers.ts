// SPDX-License-Identifier: Apache-2.0
/** Marks above the map that are not data: rings around a preview, the handle of a point being placed. */

import { type Map as MapLibreMap, Marker } from "maplibre-gl";
import { geometryCentre } from "../model/item";

export class Rings {
  readonly #map: MapLibreMap;
  #shown: Marker[] = [];

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  show(features: readonly GeoJSON.Feature[]): void {
    for (const marker of this.#shown) marker.remove();
    this.#shown = features.flatMap(({ geometry, properties }) => {
      const at = geometryCentre(geometry);
      if (!at) return [];
      const element = document.createElement("div");
      element.className = `ring ring-${String(properties?.outcome ?? "")}`;
      element.setAttribute("aria-hidden", "true");
      return [new Marker({ element }).setLngLat([at[0], at[1]]).addTo(this.#map)];
    });
  }
}

export class Handle {
  readonly #map: MapLibreMap;
  #marker: Marker | null = null;
  #onMoved: (at: { lon: number; lat: number }) => void = () => {};

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  set(at: readonly [number, number] | null, onMoved: (at: { lon: number; lat: number }) => void): void {
    this.#onMoved = onMoved;
    if (!at) {
      this.#marker?.remove();
      this.#marker = null;
      return;
    }
    this.#marker ??= this.#create(at);
    const now = this.#marker.getLngLat();
    if (now.lng !== at[0] || now.lat !== at[1]) this.#marker.setLngLat([at[0], at[1]]);
  }

  #create(at: readonly [number, number]): Marker {
    const element = document.createElement("div");
    element.className = "handle";
    element.append(document.createElement("i"));
    const marker = new Marker({ element, draggable: true }).setLngLat([at[0], at[1]]).addTo(this.#map);
    marker.on("drag", () => {
      const { lng, lat } = marker.getLngLat();
      this.#onMoved({ lon: lng, lat });
    });
    return marker;
  }
}
