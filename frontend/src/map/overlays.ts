// SPDX-License-Identifier: Apache-2.0
/** What arrived since the tiles were made, drawn beside them until newer tiles carry it. */

import type { FilterSpecification, GeoJSONSource, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { applyChange, EMPTY_OVERLAY, type Overlay, type OverlayDiff, pruneOverlay } from "../live/merge";
import type { LayerChange } from "../model/types";
import { asFeature, isOverlay, overlaySource, ownerOf, withoutIds } from "../style/compose";
import { createRefresher } from "./refresh";

/** Tiles show a pruned item after a moment of work; its overlay drawing stays that long, or it would blink. */
const OVERLAP_MS = 200;

export class Overlays {
  readonly #map: MapLibreMap;
  readonly #state = new Map<string, Overlay>();
  readonly #refresher;
  #base: readonly LayerSpecification[] = [];
  #online = true;

  constructor(map: MapLibreMap) {
    this.#map = map;
    this.#refresher = createRefresher(map, (source, before) => this.#prune(source, before));
  }

  get current(): ReadonlyMap<string, Overlay> {
    return this.#state;
  }

  /** The server's own layers, whose filters the hidden ids are added to. */
  setBase(layers: readonly LayerSpecification[]): void {
    this.#base = layers;
  }

  apply(change: LayerChange): void {
    const [next, diff] = applyChange(this.#state.get(change.layer) ?? EMPTY_OVERLAY, change, Date.now());
    this.#draw(change.layer, next, diff);
    this.refresh(change.layer);
  }

  /** A whole layer changed, or it becomes visible again after its tiles may have aged. */
  refresh(layer: string): void {
    for (const source of this.#sourcesOf(layer)) this.#refresher.mark(source);
  }

  refreshSource(source: string): void {
    this.#refresher.mark(source);
  }

  /** The server went away, or is back: then tiles that failed meanwhile are asked for again. */
  setOnline(online: boolean): void {
    if (online === this.#online) return;
    this.#online = online;
    this.#refresher.hold(!online);
    if (online) this.#refreshAll();
  }

  /** After a reset nothing that was received can be trusted. */
  clear(): void {
    for (const layer of [...this.#state.keys()]) this.#drop(layer, Number.POSITIVE_INFINITY);
    this.#refreshAll();
  }

  #refreshAll(): void {
    for (const layer of new Set(this.#base.map(ownerOf))) if (layer) this.refresh(layer);
  }

  stop(): void {
    this.#refresher.stop();
  }

  #prune(source: string, before: number): void {
    for (const layer of this.#state.keys()) {
      // Tiles of a hidden layer are not loaded, so they carry nothing yet.
      if (this.#sourcesOf(layer).has(source) && this.#visible(layer)) this.#drop(layer, before);
    }
  }

  #drop(layer: string, before: number): void {
    const [next, diff] = pruneOverlay(this.#state.get(layer) ?? EMPTY_OVERLAY, before);
    this.#draw(layer, next, { ...diff, remove: [] });
    if (diff.remove.length) setTimeout(() => this.#erase(layer, diff.remove), OVERLAP_MS);
    if (next.items.size || next.removed.size) this.refresh(layer);
    else this.#state.delete(layer);
  }

  #draw(layer: string, next: Overlay, diff: OverlayDiff): void {
    this.#state.set(layer, next);
    const source = this.#map.getSource<GeoJSONSource>(overlaySource(layer));
    if (source && (diff.remove.length || diff.add.length)) {
      void source.updateData({ remove: [...diff.remove], add: diff.add.map(asFeature) });
    }
    if (!diff.hidden) return;
    for (const drawn of this.#base) {
      if (ownerOf(drawn) !== layer || isOverlay(drawn) || !this.#map.getLayer(drawn.id)) continue;
      this.#map.setFilter(
        drawn.id,
        withoutIds((drawn as { filter?: FilterSpecification }).filter, diff.hidden),
      );
    }
  }

  #erase(layer: string, ids: readonly number[]): void {
    // An id may have come back meanwhile with something newer to draw.
    const gone = ids.filter((id) => !this.#state.get(layer)?.items.has(id));
    void this.#map.getSource<GeoJSONSource>(overlaySource(layer))?.updateData({ remove: gone });
  }

  #sourcesOf(layer: string): Set<string> {
    const drawn = this.#base.filter((candidate) => ownerOf(candidate) === layer);
    return new Set(
      drawn.flatMap((candidate) => ("source" in candidate && candidate.source ? [candidate.source] : [])),
    );
  }

  #visible(layer: string): boolean {
    const drawn = this.#base.find((candidate) => ownerOf(candidate) === layer);
    return !!drawn && this.#map.getLayoutProperty(drawn.id, "visibility") !== "none";
  }
}
