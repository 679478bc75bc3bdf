// SPDX-License-Identifier: Apache-2.0
/**
 * The live overlay of one layer. A new drawing is first loaded unseen; when it is ready, everything changes places in
 * one frame: the new drawing is seen, the old one and what the tiles hold of the feature are not. So nothing is drawn
 * twice, and nothing is missing in between.
 */

import type { GeoJSONSource, Map as MapLibreMap, MapSourceDataEvent } from "maplibre-gl";
import { mergeChanges } from "../live/merge";
import {
  type Arrival,
  applyArrival,
  EMPTY_OVERLAY,
  type Overlay,
  pruneOverlay,
  type Swap,
} from "../live/overlay";
import type { Item, LayerChange } from "../model/types";
import { asDrawing, overlaySource } from "../style/compose";
import { UNSEEN } from "../style/unseen";

/** Where tiles hold features of the layer. */
export type InTiles = { readonly source: string; readonly sourceLayer?: string };

/** A drawing that is not ready by then is shown as far as it is; a busy machine needs more than a second. */
const READY_WITHIN_MS = 5_000;

let drawingsMade = 0;

export class Drawings {
  readonly #map: MapLibreMap;
  readonly #layer: string;
  readonly #source: string;
  readonly #inTiles: () => readonly InTiles[];
  readonly #onSeen: (layer: string, items: readonly Item[]) => void;
  readonly #features = new Map<number, GeoJSON.Feature>();
  #overlay: Overlay = EMPTY_OVERLAY;
  #queue: { change: LayerChange; at: number }[] = [];
  #arriving: Arrival | null = null;
  /** The arrival whose drawings the overlay's source has. */
  #taken: Arrival | null = null;
  #giveUp: ReturnType<typeof setTimeout> | null = null;
  /** What the tiles carry, as far as told; an arrival may be slower than the tiles. */
  #fresh = Number.NEGATIVE_INFINITY;

  constructor(
    map: MapLibreMap,
    layer: string,
    inTiles: () => readonly InTiles[],
    onSeen: (layer: string, items: readonly Item[]) => void,
  ) {
    this.#map = map;
    this.#layer = layer;
    this.#source = overlaySource(layer);
    this.#inTiles = inTiles;
    this.#onSeen = onSeen;
    map.on("sourcedata", this.#onData);
  }

  get features(): readonly GeoJSON.Feature[] {
    return [...this.#features.values()];
  }

  apply(change: LayerChange): void {
    this.#queue.push({ change, at: performance.now() });
    this.#next();
  }

  /** Every loaded tile carries what came until then. */
  prune(until: number): void {
    this.#fresh = Math.max(this.#fresh, until);
    const [next, swap] = pruneOverlay(this.#overlay, this.#fresh);
    this.#overlay = next;
    this.#swap(swap);
  }

  /** Nothing that was received can be trusted. */
  clear(): void {
    this.#queue = [];
    this.#endArriving();
    this.prune(performance.now());
    this.#remove([...this.#features.keys()]);
  }

  /** A new style may have new sources, and those know nothing of what must not be seen. */
  restate(): void {
    for (const id of this.#overlay.keys()) this.#markTiles(id, true);
    for (const drawing of this.#arriving?.drawings.values() ?? []) this.#mark(drawing, true);
  }

  stop(): void {
    this.#map.off("sourcedata", this.#onData);
    this.#endArriving();
  }

  readonly #onData = ({ sourceId }: MapSourceDataEvent): void => {
    if (sourceId === this.#source) this.#seeIfReady();
  };

  /** One arrival at a time; what comes meanwhile is the next one, merged. */
  #next(): void {
    const first = this.#queue[0];
    if (this.#arriving || !first) return;
    const [change] = mergeChanges(this.#queue.map((waiting) => waiting.change));
    const at = this.#queue.at(-1)?.at ?? first.at;
    this.#queue = [];
    if (!change) return;
    const drawings = new Map<number, number>();
    const add: GeoJSON.Feature[] = [];
    for (const item of change.upserts) {
      if (!item.geometry) continue;
      drawingsMade += 1;
      drawings.set(item.id, drawingsMade);
      const feature = asDrawing(item, drawingsMade);
      this.#features.set(drawingsMade, feature);
      add.push(feature);
      this.#mark(drawingsMade, true);
    }
    const arrival = { change, at, drawings };
    this.#arriving = arrival;
    this.#giveUp = setTimeout(() => this.#show(), READY_WITHIN_MS);
    const source = this.#geojson();
    if (!source || add.length === 0) {
      this.#show();
      return;
    }
    // Only then its tiles know that they have to be made anew; before, they would pass for ready.
    const taken = () => {
      this.#taken = arrival;
      this.#seeIfReady();
    };
    source.updateData({ add }).then(taken, taken);
  }

  #seeIfReady(): void {
    if (!this.#arriving || this.#taken !== this.#arriving) return;
    if (!this.#geojson() || this.#map.isSourceLoaded(this.#source)) this.#show();
  }

  #show(): void {
    const arrival = this.#arriving;
    if (!arrival) return;
    this.#endArriving();
    const [next, swap] = applyArrival(this.#overlay, arrival);
    this.#overlay = next;
    for (const drawing of arrival.drawings.values()) this.#mark(drawing, false);
    this.#swap(swap);
    this.#onSeen(this.#layer, arrival.change.upserts);
    if (arrival.at <= this.#fresh) this.prune(this.#fresh);
    this.#next();
  }

  #endArriving(): void {
    this.#arriving = null;
    this.#taken = null;
    if (this.#giveUp !== null) clearTimeout(this.#giveUp);
    this.#giveUp = null;
  }

  #swap({ retire, hide, reveal }: Swap): void {
    for (const id of hide) this.#markTiles(id, true);
    for (const id of reveal) this.#markTiles(id, false);
    for (const drawing of retire) this.#mark(drawing, true);
    this.#remove(retire);
  }

  #remove(drawings: readonly number[]): void {
    if (drawings.length === 0) return;
    for (const drawing of drawings) this.#features.delete(drawing);
    const unmark = () => {
      for (const drawing of drawings) this.#mark(drawing, false);
    };
    // Their mark goes once they are out of the overlay's tiles, too.
    void this.#geojson()
      ?.updateData({ remove: [...drawings] })
      .then(() => setTimeout(unmark, READY_WITHIN_MS));
  }

  #geojson(): GeoJSONSource | undefined {
    return this.#map.style && this.#map.getSource<GeoJSONSource>(this.#source);
  }

  #mark(drawing: number, unseen: boolean): void {
    if (this.#geojson()) this.#state({ source: this.#source }, drawing, unseen);
  }

  #markTiles(id: number, unseen: boolean): void {
    for (const where of this.#inTiles()) {
      if (this.#map.getSource(where.source)) this.#state(where, id, unseen);
    }
  }

  #state(where: InTiles, id: number, unseen: boolean): void {
    if (unseen) this.#map.setFeatureState({ ...where, id }, { [UNSEEN]: true });
    else this.#map.removeFeatureState({ ...where, id }, UNSEEN);
  }
}
