// SPDX-License-Identifier: Apache-2.0
/**
 * Two versions of the ground in one place. MapLibre cannot clip layers, so the version before is a second map above the
 * first, clipped by CSS at the divider and moved with it. It exists only while two versions are compared.
 */

import { ScaleControl, type StyleSpecification } from "maplibre-gl";
import type { Bbox } from "../../model/types";
import { CHANGES_SOURCE, FINDINGS_SOURCE, MARKS_SOURCE, underlayId } from "../../style/review";
import { prefersLessMotion } from "../controller";
import type { Start } from "../createMap";
import { Pane } from "./pane";

export type Picked = { readonly kind: "finding" | "change"; readonly number: number };

export type ReviewEvents = {
  readonly onPick: (picked: Picked | null) => void;
  readonly onIdle: () => void;
};

const PADDING = { top: 84, bottom: 56, left: 56, right: 236 } as const;
const REACH_PX = 4;
const KINDS: Readonly<Record<string, Picked["kind"]>> = {
  [CHANGES_SOURCE]: "change",
  [FINDINGS_SOURCE]: "finding",
  [MARKS_SOURCE]: "finding",
};

export class ReviewMap {
  readonly #container: HTMLElement;
  readonly #events: ReviewEvents;
  readonly #start: Start;
  readonly #after: Pane;
  #before: { readonly pane: Pane; readonly element: HTMLElement } | null = null;
  #split = 0.5;
  #following = false;

  constructor(container: HTMLElement, start: Start, events: ReviewEvents) {
    this.#container = container;
    this.#events = events;
    this.#start = start;
    this.#after = this.#pane("review-after").pane;
    this.#after.map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    this.#after.map.on("idle", () => events.onIdle());
  }

  /** For browser tests and for support. */
  get map() {
    return this.#after.map;
  }

  get mapBefore() {
    return this.#before?.pane.map ?? null;
  }

  /** `before`: what lies left of the divider; null takes the second map away. */
  draw(after: StyleSpecification, before: StyleSpecification | null): void {
    this.#after.draw(after);
    if (!before) {
      this.#dropBefore();
      return;
    }
    this.#before ??= this.#addBefore();
    this.#before.pane.draw(before);
  }

  /** Where the divider is, as a share of the width. */
  split(share: number): void {
    this.#split = Math.min(Math.max(share, 0), 1);
    this.#clip();
  }

  underlayOpacity(id: number, opacity: number): void {
    this.#after.opacity(underlayId(id), opacity);
    this.#before?.pane.opacity(underlayId(id), opacity);
  }

  fit(bbox: Bbox, animate = true): void {
    this.#after.map.fitBounds([...bbox] as [number, number, number, number], {
      padding: PADDING,
      maxZoom: 17,
      duration: animate && !prefersLessMotion() ? 700 : 0,
    });
  }

  zoomBy(step: number): void {
    const duration = prefersLessMotion() ? 0 : 200;
    this.#after.map.easeTo({ zoom: this.#after.map.getZoom() + step, duration });
  }

  label(text: string): void {
    this.#after.map.getCanvas().setAttribute("aria-label", text);
  }

  destroy(): void {
    this.#dropBefore();
    this.#after.destroy();
    this.#container.replaceChildren();
  }

  #addBefore(): { readonly pane: Pane; readonly element: HTMLElement } {
    const added = this.#pane("review-before");
    const { map } = added.pane;
    const from = this.#after.map;
    map.jumpTo({ center: from.getCenter(), zoom: from.getZoom(), bearing: from.getBearing() });
    // Tab reaches one map, which moves both.
    map.getCanvas().tabIndex = -1;
    this.#before = added;
    this.#clip();
    return added;
  }

  #dropBefore(): void {
    this.#before?.pane.destroy();
    this.#before?.element.remove();
    this.#before = null;
  }

  #pane(className: string): { readonly pane: Pane; readonly element: HTMLElement } {
    const element = document.createElement("div");
    element.className = `review-pane ${className}`;
    this.#container.append(element);
    const pane = new Pane(element, this.#start);
    pane.map.on("move", () => this.#follow(pane));
    pane.map.on("click", (event) => this.#events.onPick(this.#pick(pane, event.point)));
    pane.map.on("mousemove", (event) => {
      if (pane.map.isMoving()) return;
      pane.map.getCanvas().style.cursor = this.#pick(pane, event.point) ? "pointer" : "";
    });
    return { pane, element };
  }

  #follow(moved: Pane): void {
    const other = moved === this.#after ? this.#before?.pane : this.#after;
    if (this.#following || !other) return;
    this.#following = true;
    const { map } = moved;
    other.map.jumpTo({ center: map.getCenter(), zoom: map.getZoom(), bearing: map.getBearing() });
    this.#following = false;
  }

  #clip(): void {
    if (!this.#before) return;
    this.#before.element.style.clipPath = `inset(0 ${((1 - this.#split) * 100).toFixed(3)}% 0 0)`;
  }

  #pick(pane: Pane, { x, y }: { x: number; y: number }): Picked | null {
    const box: [[number, number], [number, number]] = [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ];
    for (const feature of pane.map.queryRenderedFeatures(box)) {
      const kind = KINDS[feature.source];
      const number = Number(feature.properties.number);
      if (kind && Number.isFinite(number)) return { kind, number };
    }
    return null;
  }
}
