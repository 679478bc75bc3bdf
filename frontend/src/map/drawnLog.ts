// SPDX-License-Identifier: Apache-2.0
/** When a feature was first seen on the map: for measurements from commit to pixel. */

import type { LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { geometryBbox } from "../model/item";
import type { Bbox, LayerChange } from "../model/types";
import { isOverlay, ownerOf } from "../style/compose";

/** Enough for any measurement, little enough for a wall that runs for months. */
const KEEP = 5_000;

type Expected = { readonly layer: string; readonly id: number; readonly box: Bbox };

export class DrawnLog {
  readonly #map: MapLibreMap;
  readonly #overlaid: (layer: string, id: number) => boolean;
  /** "layer/id" → epoch ms of the newest version's first frame. */
  readonly #seen = new Map<string, number>();
  /** By the same name: versions that no frame has shown yet. */
  readonly #expected = new Map<string, Expected>();

  /** `overlaid`: the tiles may not carry the newest version of that feature yet. */
  constructor(map: MapLibreMap, overlaid: (layer: string, id: number) => boolean) {
    this.#map = map;
    this.#overlaid = overlaid;
    map.on("render", () => this.#look(Date.now()));
  }

  /** From the next frame on these are looked for, until one shows them: they may be out of view until then. */
  expect({ layer, upserts, removes }: LayerChange): void {
    for (const id of removes) this.#expected.delete(`${layer}/${id}`);
    for (const { id, geometry } of upserts) {
      const key = `${layer}/${id}`;
      const box = geometryBbox(geometry);
      this.#expected.delete(key);
      if (box) keep(this.#expected, key, { layer, id, box });
    }
  }

  /**
   * When the newest version of a feature was first rendered (epoch ms); waits until it is in view. With `since`, waits
   * for a version that came by the stream at or after then. A feature that only tiles brought counts from this call.
   * One that the overlay never showed counts as drawn with the first frame whose tiles carry it, even folded into a
   * cell with others; one that is removed, or whose layer is off, is never drawn.
   */
  async whenDrawn(layer: string, id: number, since = 0): Promise<number> {
    const key = `${layer}/${id}`;
    for (;;) {
      const at = this.#seen.get(key);
      if (at !== undefined && at >= since) return at;
      if (since === 0 && this.#idsIn(this.#shown(layer)).has(id)) return this.#note(key, Date.now());
      await new Promise((resolve) => this.#map.once("render", resolve));
    }
  }

  /** The frame is drawn; what it shows is asked of the map only while something is expected in view. */
  #look(now: number): void {
    if (this.#expected.size === 0) return;
    const view = this.#map.getBounds();
    const layers = new Map<string, Expected[]>();
    for (const expected of this.#expected.values()) {
      const [west, south, east, north] = expected.box;
      const inView =
        west <= view.getEast() &&
        east >= view.getWest() &&
        south <= view.getNorth() &&
        north >= view.getSouth();
      if (inView) layers.set(expected.layer, [...(layers.get(expected.layer) ?? []), expected]);
    }
    for (const [layer, all] of layers) {
      const shown = this.#shown(layer);
      const overlay = shown.filter(isOverlay);
      const seen = all.some(({ id }) => this.#overlaid(layer, id)) ? this.#idsIn(overlay) : new Set();
      const inTiles = shown.length > overlay.length && shown.every((drawn) => this.#isLoaded(drawn));
      for (const { id } of all) {
        if (this.#overlaid(layer, id) ? !seen.has(id) : !inTiles) continue;
        this.#expected.delete(`${layer}/${id}`);
        this.#note(`${layer}/${id}`, now);
      }
    }
  }

  /** The style layers that draw the layer now. */
  #shown(layer: string): readonly LayerSpecification[] {
    // Before the first style there are none.
    if (!(this.#map.style as MapLibreMap["style"] | undefined)) return [];
    return this.#map.getLayersOrder().flatMap((name) => {
      const drawn = this.#map.getLayer(name);
      if (!drawn || drawn.isHidden(this.#map.getZoom())) return [];
      const { id, type, source, metadata } = drawn;
      const plain = { id, type, source, metadata } as LayerSpecification;
      return ownerOf(plain) === layer ? [plain] : [];
    });
  }

  #isLoaded(drawn: LayerSpecification): boolean {
    return !("source" in drawn) || this.#map.isSourceLoaded(drawn.source as string);
  }

  #idsIn(drawn: readonly LayerSpecification[]): ReadonlySet<unknown> {
    const layers = drawn.map(({ id }) => id);
    return new Set(this.#map.queryRenderedFeatures({ layers }).map((feature) => feature.id));
  }

  #note(key: string, now: number): number {
    keep(this.#seen, key, now);
    return now;
  }
}

/** The newest last, and not more than can be kept. */
function keep<T>(all: Map<string, T>, key: string, value: T): void {
  all.delete(key);
  all.set(key, value);
  for (const oldest of all.keys()) {
    if (all.size <= KEEP) break;
    all.delete(oldest);
  }
}
