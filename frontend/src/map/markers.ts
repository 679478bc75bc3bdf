// SPDX-License-Identifier: Apache-2.0
/** Marks above the map that are not data: rings around a preview, names of possible places, a point being placed. */

import { type Map as MapLibreMap, Marker } from "maplibre-gl";
import { metresPerPixel } from "../model/ground";
import { geometryCentre } from "../model/item";

type At = readonly [number, number];
type Moved = (at: { lon: number; lat: number }) => void;
export type Named = { readonly name: string; readonly lon: number; readonly lat: number };

export class Marks {
  readonly #rings: Rings;
  readonly #names: Names;
  readonly #handle: Handle;
  readonly #reach: Reach;

  constructor(map: MapLibreMap) {
    this.#rings = new Rings(map);
    this.#names = new Names(map);
    this.#handle = new Handle(map);
    this.#reach = new Reach(map);
  }

  /** Rings around points that are not in the data yet. */
  highlight(points: readonly GeoJSON.Feature[]): void {
    this.#rings.show(points);
  }

  /** Numbered names of places to choose from. */
  label(places: readonly Named[]): void {
    this.#names.show(places);
  }

  /** The point that is being set by hand, null takes it away; `radius_m`: how far off it may be. */
  handle(at: At | null, radius_m: number | null, onMoved: Moved): void {
    this.#handle.set(at, onMoved);
    this.#reach.set(at, radius_m);
  }
}

class Rings {
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

class Names {
  readonly #map: MapLibreMap;
  #shown: Marker[] = [];

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  show(places: readonly Named[]): void {
    for (const marker of this.#shown) marker.remove();
    this.#shown = places.map(({ name, lon, lat }, nth) => {
      const element = document.createElement("div");
      element.className = "candidate-mark";
      // The panel lists the same places for the keyboard.
      element.setAttribute("aria-hidden", "true");
      const number = document.createElement("b");
      number.textContent = String(nth + 1);
      const label = document.createElement("span");
      label.textContent = name;
      element.append(number, label);
      return new Marker({ element, anchor: "left", offset: [-12, 0] }).setLngLat([lon, lat]).addTo(this.#map);
    });
  }
}

/** A circle in metres: it grows with the map. */
class Reach {
  readonly #map: MapLibreMap;
  readonly #size = () => this.#resize();
  #marker: Marker | null = null;
  #radius_m = 0;

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  set(at: At | null, radius_m: number | null): void {
    if (!at || radius_m === null) {
      this.#marker?.remove();
      this.#marker = null;
      this.#map.off("zoom", this.#size);
      return;
    }
    this.#radius_m = radius_m;
    if (!this.#marker) {
      const element = document.createElement("div");
      element.className = "reach";
      this.#marker = new Marker({ element }).setLngLat([at[0], at[1]]).addTo(this.#map);
      this.#map.on("zoom", this.#size);
    }
    this.#marker.setLngLat([at[0], at[1]]);
    this.#resize();
  }

  #resize(): void {
    const marker = this.#marker;
    if (!marker) return;
    const pixels = (2 * this.#radius_m) / metresPerPixel(marker.getLngLat().lat, this.#map.getZoom());
    const { style } = marker.getElement();
    style.width = style.height = `${pixels.toFixed(1)}px`;
  }
}

class Handle {
  readonly #map: MapLibreMap;
  #marker: Marker | null = null;
  #onMoved: Moved = () => {};

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  set(at: At | null, onMoved: Moved): void {
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

  #create(at: At): Marker {
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
