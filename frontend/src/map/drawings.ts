// SPDX-License-Identifier: Apache-2.0
/**
 * The live overlay of one layer. A new drawing is first loaded unseen; when it is ready, everything changes places in
 * one frame: the new drawing is seen, the old one and what the tiles hold of the feature are not. So nothing is drawn
 * twice, and nothing is missing in between. Until then the map holds its frames, so that this one is the next.
 */

import type { GeoJSONSource, MapSourceDataEvent } from "maplibre-gl";
import { mergeChanges } from "../live/merge";
import {
  type Arrival,
  applyArrival,
  EMPTY_OVERLAY,
  type Overlay,
  pruneOverlay,
  type Swap,
} from "../live/overlay";
import type { LayerChange } from "../model/types";
import { asDrawing, overlaySource } from "../style/compose";
import { UNSEEN } from "../style/unseen";
import type { LiveMap } from "./liveMap";

/** Where tiles hold features of the layer. */
export type InTiles = { readonly source: string; readonly sourceLayer?: string };

/** A drawing that is not ready by then is shown as far as it is; a busy machine needs more than a second. */
const READY_WITHIN_MS = 5_000;

/** What is out of sight goes with the next arrival or then: to lay the overlay out anew shows nothing. */
const SWEEP_MS = 2_000;

let drawingsMade = 0;

export class Drawings {
  readonly #map: LiveMap;
  readonly #source: string;
  readonly #inTiles: () => readonly InTiles[];
  readonly #onSeen: (change: LayerChange) => void;
  readonly #features = new Map<number, GeoJSON.Feature>();
  #overlay: Overlay = EMPTY_OVERLAY;
  #queue: { change: LayerChange; at: number }[] = [];
  #arriving: Arrival | null = null;
  /** The arrival whose drawings the overlay's source has. */
  #taken: Arrival | null = null;
  #giveUp: ReturnType<typeof setTimeout> | null = null;
  #release: () => void = () => {};
  /** Drawings that are unseen for good and still in the overlay's source. */
  #retired: number[] = [];
  #sweeping: ReturnType<typeof setTimeout> | null = null;
  /** Drawings that went at that time; their marks go once they are out of the overlay's tiles, too. */
  #gone: { readonly drawings: readonly number[]; readonly at: number }[] = [];
  /** What the tiles carry, as far as told; an arrival may be slower than the tiles. */
  #fresh = Number.NEGATIVE_INFINITY;

  constructor(
    map: LiveMap,
    layer: string,
    inTiles: () => readonly InTiles[],
    onSeen: (change: LayerChange) => void,
  ) {
    this.#map = map;
    this.#source = overlaySource(layer);
    this.#inTiles = inTiles;
    this.#onSeen = onSeen;
    map.on("sourcedata", this.#onData);
  }

  get features(): readonly GeoJSON.Feature[] {
    return [...this.#features.values()];
  }

  /** Something waits to be seen. */
  get arriving(): boolean {
    return this.#arriving !== null;
  }

  /** Tiles may not carry the newest version of that feature yet. */
  holds(id: number): boolean {
    return this.#overlay.has(id);
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
    this.#retire([...this.#features.keys()]);
    this.#sweep();
  }

  /** A new style may have new sources, and those know nothing of what must not be seen. */
  restate(): void {
    for (const id of this.#overlay.keys()) this.#markTiles(id, true);
    for (const drawing of this.#arriving?.drawings.values() ?? []) this.#mark(drawing, true);
  }

  stop(): void {
    this.#map.off("sourcedata", this.#onData);
    this.#endArriving();
    if (this.#sweeping !== null) clearTimeout(this.#sweeping);
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
    this.#forgetGone();
    if (!this.#geojson() || add.length === 0) {
      this.#show();
      return;
    }
    this.#release = this.#map.hold();
    // Only then its tiles know that they have to be made anew; before, they would pass for ready.
    const taken = () => {
      this.#taken = arrival;
      this.#seeIfReady();
    };
    this.#update(add).then(taken, taken);
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
    this.#onSeen(arrival.change);
    if (arrival.at <= this.#fresh) this.prune(this.#fresh);
    this.#next();
  }

  #endArriving(): void {
    this.#arriving = null;
    this.#taken = null;
    if (this.#giveUp !== null) clearTimeout(this.#giveUp);
    this.#giveUp = null;
    this.#release();
  }

  #swap({ retire, hide, reveal }: Swap): void {
    for (const id of hide) this.#markTiles(id, true);
    for (const id of reveal) this.#markTiles(id, false);
    for (const drawing of retire) this.#mark(drawing, true);
    this.#retire(retire);
  }

  #retire(drawings: readonly number[]): void {
    if (drawings.length === 0) return;
    for (const drawing of drawings) this.#features.delete(drawing);
    this.#retired.push(...drawings);
    this.#sweeping ??= setTimeout(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    if (this.#retired.length) void this.#update([]);
  }

  /** Everything that is due, in one layout. */
  async #update(add: GeoJSON.Feature[]): Promise<void> {
    if (this.#sweeping !== null) clearTimeout(this.#sweeping);
    this.#sweeping = null;
    const remove = this.#retired;
    this.#retired = [];
    await this.#geojson()?.updateData({ add, remove });
    this.#gone.push({ drawings: remove, at: performance.now() });
  }

  #forgetGone(): void {
    const until = performance.now() - READY_WITHIN_MS;
    for (const { drawings } of this.#gone.filter(({ at }) => at <= until)) {
      for (const drawing of drawings) this.#mark(drawing, false);
    }
    this.#gone = this.#gone.filter(({ at }) => at > until);
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
