// SPDX-License-Identifier: Apache-2.0
/** A ring that spreads from an arrival. DOM and CSS: it costs no redraw of the map underneath. */

import { type Map as MapLibreMap, Marker } from "maplibre-gl";

const LASTS_MS = 6_000;
/** A flood of arrivals would hide the map; the newest are enough. */
const AT_MOST = 24;

export class Pulses {
  readonly #map: MapLibreMap;
  readonly #running: { marker: Marker; timer: ReturnType<typeof setTimeout> }[] = [];

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  start(at: readonly [number, number], color: string): void {
    const element = document.createElement("div");
    element.className = "pulse";
    element.style.setProperty("--pulse-color", color);
    element.setAttribute("aria-hidden", "true");
    // The marker positions its own element by transform; the rings animate inside it.
    element.append(document.createElement("i"), document.createElement("i"));
    const marker = new Marker({ element }).setLngLat([at[0], at[1]]).addTo(this.#map);
    const entry = { marker, timer: setTimeout(() => this.#end(entry), LASTS_MS) };
    this.#running.push(entry);
    while (this.#running.length > AT_MOST) {
      const oldest = this.#running[0];
      if (oldest) this.#end(oldest);
    }
  }

  #end(entry: { marker: Marker; timer: ReturnType<typeof setTimeout> }): void {
    clearTimeout(entry.timer);
    entry.marker.remove();
    const at = this.#running.indexOf(entry);
    if (at >= 0) this.#running.splice(at, 1);
  }
}
