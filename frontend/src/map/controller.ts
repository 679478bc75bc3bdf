// SPDX-License-Identifier: Apache-2.0
/** The map as one object: takes plain data, reports plain events, knows neither panels nor signals. */

import { ScaleControl, type StyleSpecification } from "maplibre-gl";
import type { TileId } from "../live/touched";
import { geometryBbox, geometryCentre, itemColor } from "../model/item";
import type { View } from "../model/permalink";
import type { Bbox, Layer, LayerChange } from "../model/types";
import { composeStyle, HEX_SOURCE, type StyleChoice } from "../style/compose";
import { createMap, FIT_OPTIONS, type Start } from "./createMap";
import { DrawnLog } from "./drawnLog";
import type { LiveMap } from "./liveMap";
import { Marks } from "./markers";
import { Overlays } from "./overlays";
import { type Hit, pick } from "./pick";
import { Pulses } from "./pulse";

export type Pointer = { readonly lon: number; readonly lat: number };

/** What the pointer is over; x and y in pixels of the map. */
export type Pointed = Pointer & { readonly x: number; readonly y: number; readonly hits: readonly Hit[] };

export type MapEvents = {
  readonly onPick: (hits: readonly Hit[], at: Pointer) => void;
  readonly onMove: (view: View) => void;
  readonly onPointer: (at: Pointed | null) => void;
  readonly onIdle: () => void;
  readonly onError: (message: string) => void;
};

export type MapChoice = Omit<StyleChoice, "overlays">;

/** A tile that failed is not asked for again by MapLibre itself. */
const RETRY_TILES_MS = 10_000;
const HOVER_EVERY_MS = 60;
const DRAWN_WITHIN_MS = 250;
/** Close enough to read a name, far enough to see the street's surroundings. */
const ITEM_ZOOM = 14;

export class MapController {
  readonly map: LiveMap;
  readonly drawn: DrawnLog;
  readonly marks: Marks;
  readonly #overlays: Overlays;
  readonly #pulses: Pulses;
  readonly #events: MapEvents;
  #crosshair = false;
  #layers: readonly Layer[] = [];
  #visible: ReadonlySet<string> = new Set();
  #hovered = 0;
  #phase: "empty" | "loading" | "loaded" = "empty";
  #waiting: (() => void) | null = null;

  constructor(container: HTMLElement, start: Start, events: MapEvents) {
    this.map = createMap(container, start);
    this.#events = events;
    this.drawn = new DrawnLog(this.map, (layer, id) => this.#overlays.holds(layer, id));
    this.#overlays = new Overlays(this.map, (change) => {
      this.drawn.expect(change);
      // Rings before the frame would only delay it.
      this.map.once("render", () => this.#pulse(change));
    });
    this.#pulses = new Pulses(this.map);
    this.marks = new Marks(this.map);
    this.map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    this.#listen();
  }

  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom(), bearing: this.map.getBearing() };
  }

  /** Reconciles what is drawn with what is wanted; MapLibre applies only the difference. */
  draw(base: StyleSpecification, choice: MapChoice): void {
    if (this.#phase === "loading") {
      // There is nothing to take a difference from yet; the newest wish waits.
      this.#waiting = () => this.draw(base, choice);
      return;
    }
    this.#layers = choice.layers;
    this.#visible = choice.visible;
    this.#overlays.setBase(base.layers);
    this.map.setStyle(composeStyle(base, { ...choice, overlays: this.#overlays.current }), { diff: true });
    this.#overlays.drawn();
    if (this.#phase === "empty") {
      this.#phase = "loading";
      // Drawn once more when loaded: what arrived live in between found no source to go to.
      this.#waiting = () => this.draw(base, choice);
      this.map.once("style.load", () => this.#loaded());
    }
  }

  applyLive(changes: readonly LayerChange[], hexLayer: string | null): void {
    for (const change of changes) {
      const layer = this.#layers.find((candidate) => candidate.id === change.layer);
      const drawn = layer?.store === "feature" && change.upserts.length + change.removes.length > 0;
      if (drawn) this.#overlays.apply(change);
      this.#overlays.refresh(change.layer, change.tiles ?? null, drawn && !change.bulk);
      if (change.layer === hexLayer) this.#overlays.refreshSource(HEX_SOURCE);
    }
  }

  /** Once what was applied is on the screen, or soon: whatever else the page draws would delay that. */
  afterDrawn(then: () => void): void {
    if (!this.#overlays.arriving) {
      then();
      return;
    }
    const go = () => {
      clearTimeout(late);
      this.map.off("render", look);
      then();
    };
    const look = () => {
      if (!this.#overlays.arriving) go();
    };
    const late = setTimeout(go, DRAWN_WITHIN_MS);
    this.map.on("render", look);
  }

  fitFeatures(features: readonly GeoJSON.Feature[], right: number): void {
    const boxes = features.flatMap(({ geometry }) => geometryBbox(geometry) ?? []);
    const lons = boxes.filter((_, nth) => nth % 2 === 0);
    const lats = boxes.filter((_, nth) => nth % 2 === 1);
    if (lons.length)
      this.fit([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], true, right);
  }

  crosshair(on: boolean): void {
    this.#crosshair = on;
    this.map.getCanvas().style.cursor = on ? "crosshair" : "";
  }

  setOnline(online: boolean): void {
    this.#overlays.setOnline(online);
  }

  reload(): void {
    this.#overlays.clear();
    if (this.map.getSource(HEX_SOURCE)) this.#overlays.refreshSource(HEX_SOURCE);
  }

  /** `right`: how much of the map something else covers there. */
  fit(bbox: Bbox, animate = true, right = 0): void {
    this.map.fitBounds([...bbox] as [number, number, number, number], {
      padding: { ...FIT_OPTIONS.padding, right: FIT_OPTIONS.padding.right + right },
      maxZoom: 15,
      duration: animate && !prefersLessMotion() ? 900 : 0,
    });
  }

  flyTo(at: readonly [number, number]): void {
    this.map.easeTo({
      center: [at[0], at[1]],
      zoom: Math.max(this.map.getZoom(), ITEM_ZOOM),
      duration: prefersLessMotion() ? 0 : 800,
    });
  }

  /** Near enough for most of what was folded there to come apart. */
  zoomInto(at: readonly [number, number]): void {
    const zoom = Math.floor(this.map.getZoom()) + 2;
    this.map.easeTo({ center: [at[0], at[1]], zoom, duration: prefersLessMotion() ? 0 : 500 });
  }

  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: prefersLessMotion() ? 0 : 200 });
  }

  northUp(): void {
    this.map.easeTo({ bearing: 0, duration: prefersLessMotion() ? 0 : 300 });
  }

  label(text: string): void {
    this.map.getCanvas().setAttribute("aria-label", text);
  }

  destroy(): void {
    this.#overlays.stop();
    this.map.remove();
  }

  #loaded(): void {
    this.#phase = "loaded";
    const next = this.#waiting;
    this.#waiting = null;
    next?.();
  }

  #pulse(change: LayerChange): void {
    const layer = this.#layers.find((candidate) => candidate.id === change.layer);
    if (!layer?.time || !this.#visible.has(change.layer)) return;
    const view = this.map.getBounds();
    for (const item of change.upserts) {
      const at = geometryCentre(item.geometry);
      if (at && view.contains([at[0], at[1]])) this.#pulses.start(at, itemColor(layer, item.properties));
    }
  }

  /** Without the server it waits until it is back; otherwise the server gets a moment. */
  #tileFailed(source: string, { z, x, y }: TileId): void {
    const retry = () => this.#overlays.refreshSource(source, [`${z}/${x}/${y}`]);
    if (this.#overlays.online) setTimeout(retry, RETRY_TILES_MS);
    else retry();
  }

  #listen(): void {
    const { map } = this;
    map.on("click", (event) => {
      this.#events.onPick(pick(map, event.point, this.#layers), {
        lon: event.lngLat.lng,
        lat: event.lngLat.lat,
      });
    });
    map.on("moveend", () => this.#events.onMove(this.view));
    map.on("idle", () => this.#events.onIdle());
    map.on("error", (event) => {
      this.#events.onError(event.error?.message ?? "");
      const { sourceId, tile } = event as { sourceId?: string; tile?: { tileID: { canonical: TileId } } };
      if (sourceId && tile) this.#tileFailed(sourceId, tile.tileID.canonical);
    });
    map.on("mousemove", (event) => {
      const now = performance.now();
      if (now - this.#hovered < HOVER_EVERY_MS || map.isMoving()) return;
      this.#hovered = now;
      const hits = pick(map, event.point, this.#layers);
      map.getCanvas().style.cursor = this.#crosshair ? "crosshair" : hits.length ? "pointer" : "";
      const { x, y } = event.point;
      this.#events.onPointer({ lon: event.lngLat.lng, lat: event.lngLat.lat, x, y, hits });
    });
    map.on("mouseout", () => this.#events.onPointer(null));
  }
}

export function prefersLessMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
