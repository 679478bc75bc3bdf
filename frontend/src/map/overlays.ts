// SPDX-License-Identifier: Apache-2.0
/** What arrived since the tiles were made, drawn beside them until newer tiles carry it. */

import type { LayerSpecification } from "maplibre-gl";
import type { LayerChange } from "../model/types";
import { isOverlay, overlaySource, ownerOf } from "../style/compose";
import { Drawings, type InTiles } from "./drawings";
import type { LiveMap } from "./liveMap";
import { Refresher } from "./refresh";
import { sweepStates } from "./tiles";

type Seen = (change: LayerChange) => void;

export class Overlays {
  readonly #map: LiveMap;
  readonly #drawings = new Map<string, Drawings>();
  readonly #refresher: Refresher;
  readonly #fresh = new Map<string, number>();
  readonly #onSeen: Seen;
  #base: readonly LayerSpecification[] = [];
  #online = true;

  /** `onSeen`: what the next frame shows. */
  constructor(map: LiveMap, onSeen: Seen) {
    this.#map = map;
    this.#onSeen = onSeen;
    this.#refresher = new Refresher(map, (source, until) => this.#prune(source, until));
  }

  get current(): ReadonlyMap<string, readonly GeoJSON.Feature[]> {
    return new Map([...this.#drawings].map(([layer, drawings]) => [layer, drawings.features]));
  }

  /** Something that was applied is not on the map yet. */
  get arriving(): boolean {
    return [...this.#drawings.values()].some((drawings) => drawings.arriving);
  }

  /** The tiles of the layer may not carry that feature's newest version yet. */
  holds(layer: string, id: number): boolean {
    return this.#drawings.get(layer)?.holds(id) ?? false;
  }

  get online(): boolean {
    return this.#online;
  }

  /** The server's own layers; called before they are drawn. */
  setBase(layers: readonly LayerSpecification[]): void {
    this.#base = layers;
  }

  /** The style is on the map now. */
  drawn(): void {
    for (const drawings of this.#drawings.values()) drawings.restate();
  }

  apply(change: LayerChange): void {
    let drawings = this.#drawings.get(change.layer);
    if (!drawings) {
      const inTiles = () => this.#inTiles(change.layer);
      drawings = new Drawings(this.#map, change.layer, inTiles, this.#onSeen);
      this.#drawings.set(change.layer, drawings);
    }
    drawings.apply(change);
  }

  /** What the layer's tiles show has changed; null: perhaps in any of them. `drawn`: the overlay shows it already. */
  refresh(layer: string, tiles: readonly string[] | null, drawn = false): void {
    for (const source of new Set(this.#inTiles(layer).map((where) => where.source))) {
      this.#refresher.mark(source, tiles, drawn);
    }
  }

  refreshSource(source: string, tiles: readonly string[] | null = null): void {
    this.#refresher.mark(source, tiles);
  }

  /** The stream resumes where it was, so nothing else is fetched again but what failed meanwhile. */
  setOnline(online: boolean): void {
    this.#online = online;
    this.#refresher.hold(!online);
  }

  /** After a reset nothing that was received can be trusted. */
  clear(): void {
    for (const drawings of this.#drawings.values()) drawings.clear();
    for (const layer of new Set(this.#base.map(ownerOf))) if (layer) this.refresh(layer, null);
  }

  stop(): void {
    this.#refresher.stop();
    for (const drawings of this.#drawings.values()) drawings.stop();
  }

  #prune(source: string, until: number): void {
    this.#fresh.set(source, until);
    sweepStates(this.#map, source);
    for (const [layer, drawings] of this.#drawings) {
      const sources = this.#inTiles(layer).map((where) => where.source);
      if (!sources.includes(source)) continue;
      drawings.prune(Math.min(...sources.map((name) => this.#fresh.get(name) ?? Number.NEGATIVE_INFINITY)));
      sweepStates(this.#map, overlaySource(layer));
    }
  }

  #inTiles(layer: string): readonly InTiles[] {
    const found = new Map<string, InTiles>();
    for (const drawn of this.#base) {
      if (ownerOf(drawn) !== layer || isOverlay(drawn) || !("source" in drawn) || !drawn.source) continue;
      const sourceLayer = drawn["source-layer"];
      found.set(`${drawn.source}/${sourceLayer}`, {
        source: drawn.source,
        ...(sourceLayer !== undefined && { sourceLayer }),
      });
    }
    return [...found.values()];
  }
}
