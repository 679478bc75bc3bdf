// SPDX-License-Identifier: Apache-2.0
/** One map that is drawn from whole styles: MapLibre applies only the difference. */

import type { Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import { createMap, type Start } from "../createMap";

export class Pane {
  readonly map: MapLibreMap;
  #phase: "empty" | "loading" | "loaded" = "empty";
  #waiting: StyleSpecification | null = null;

  constructor(container: HTMLElement, start: Start) {
    this.map = createMap(container, start);
  }

  draw(style: StyleSpecification): void {
    if (this.#phase === "loading") {
      // There is nothing to take a difference from yet; the newest wish waits.
      this.#waiting = style;
      return;
    }
    this.map.setStyle(style, { diff: true });
    if (this.#phase === "loaded") return;
    this.#phase = "loading";
    this.map.once("style.load", () => {
      this.#phase = "loaded";
      const next = this.#waiting;
      this.#waiting = null;
      if (next) this.draw(next);
    });
  }

  opacity(layer: string, value: number): void {
    if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, "raster-opacity", value);
  }

  destroy(): void {
    this.map.remove();
  }
}
