// SPDX-License-Identifier: Apache-2.0
/** When a feature was first seen on the map: for measurements from commit to pixel. */

import type { LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import type { Item } from "../model/types";
import { isOverlay, ownerOf } from "../style/compose";

/** Enough for any measurement, little enough for a wall that runs for months. */
const KEEP = 5_000;

export class DrawnLog {
  readonly #map: MapLibreMap;
  /** "layer/id" → epoch ms of the newest version's first frame. */
  readonly #seen = new Map<string, number>();

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  /** The next frame shows these, as far as they are in view. */
  readonly expect = (layer: string, items: readonly Item[]): void => {
    if (items.length === 0) return;
    this.#map.once("render", () => {
      const seen = this.#seenIds(layer, true);
      for (const { id } of items) if (seen.has(id)) this.#note(`${layer}/${id}`);
    });
  };

  /**
   * When the newest version of a feature was first rendered (epoch ms); waits until it is in view. With `since`, waits
   * for a version that came by the stream at or after then. A feature that only tiles brought counts from this call.
   */
  async whenDrawn(layer: string, id: number, since = 0): Promise<number> {
    const key = `${layer}/${id}`;
    for (;;) {
      const at = this.#seen.get(key);
      if (at !== undefined && at >= since) return at;
      if (since === 0 && this.#seenIds(layer, false).has(id)) return this.#note(key);
      await new Promise((resolve) => this.#map.once("render", resolve));
    }
  }

  #seenIds(layer: string, live: boolean): ReadonlySet<unknown> {
    if (!(this.#map.style as MapLibreMap["style"] | undefined)) return new Set();
    const layers = this.#map.getLayersOrder().filter((name) => {
      const drawn = this.#map.getLayer(name) as unknown as LayerSpecification;
      return ownerOf(drawn) === layer && (!live || isOverlay(drawn));
    });
    return new Set(this.#map.queryRenderedFeatures({ layers }).map((feature) => feature.id));
  }

  #note(key: string): number {
    const now = Date.now();
    this.#seen.delete(key);
    this.#seen.set(key, now);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= KEEP) break;
      this.#seen.delete(oldest);
    }
    return now;
  }
}
