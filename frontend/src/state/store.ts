// SPDX-License-Identifier: Apache-2.0
/** What the console knows and what the operator has chosen, as signals; no behaviour here. */

import { computed, signal } from "@preact/signals";
import type { StyleSpecification } from "maplibre-gl";
import { type Key, translate, type Values } from "../i18n/translate";
import type { StreamState } from "../live/stream";
import type { Pointed } from "../map/controller";
import type { Hit } from "../map/pick";
import { TIME_ZONE } from "../model/format";
import { resolutionForZoom } from "../model/hexgrid";
import type { View } from "../model/permalink";
import type { Bbox, Lang, Layer, Selection, Site, Text, Theme, UnitSet } from "../model/types";
import { zoomsOfTiles } from "../style/zooms";

export type Phase = "loading" | "gate" | "ready" | "failed";
export type MapFailure = "webgl" | "style" | null;

export const lang = signal<Lang>("vi");
export const theme = signal<Theme>("dark");

/** Counts loads: an answer to an older one is not for the reader of now. */
export const reader = signal(0);
export const phase = signal<Phase>("loading");
export const layers = signal<readonly Layer[]>([]);
export const site = signal<Site | null>(null);
export const sets = signal<readonly UnitSet[]>([]);
export const activeSetId = signal<string | null>(null);
export const visible = signal<ReadonlySet<string>>(new Set());

export const baseStyle = signal<StyleSpecification | null>(null);
export const mapFailure = signal<MapFailure>(null);
export const mapIdle = signal(false);
export const view = signal<View | null>(null);
export const pointer = signal<Pointed | null>(null);

export const hexLayerId = signal<string | null>(null);
/** Which layer colours the units. */
export const valuesLayerId = signal<string | null>(null);
export const hexBreaks = signal<{ readonly key: string; readonly breaks: readonly number[] } | null>(null);

export const selection = signal<Selection | null>(null);
/** Several things under one click, waiting for a choice. */
export const choices = signal<{
  readonly hits: readonly Hit[];
  readonly lon: number;
  readonly lat: number;
} | null>(null);

/** The zooms of the tiles that show live layers. */
export const tileZooms = computed(() => zoomsOfTiles(baseStyle.value, view.value?.zoom, layers.value));

export const streamState = signal<StreamState>("connecting");
export const lastEventAt = signal<number | null>(null);
/** Ticks once a second: clock, ages, freshness. */
export const now = signal(Date.now());

export const activeSet = computed(() => sets.value.find((set) => set.id === activeSetId.value) ?? null);
export const hexLayer = computed(() => layers.value.find((layer) => layer.id === hexLayerId.value) ?? null);
export const hexResolution = computed(() => resolutionForZoom(view.value?.zoom ?? 11));
export const homeBounds = computed<Bbox | null>(() => activeSet.value?.bbox ?? site.value?.view ?? null);

/** The generation of units that an event belongs to: the one in force when it happened. */
export function setInForce(at: Date): UnitSet | null {
  const day = at.toLocaleDateString("en-CA", { timeZone: TIME_ZONE });
  return (
    sets.value.find((set) => set.valid_from <= day && (set.valid_to === null || day < set.valid_to)) ?? null
  );
}

export function layerOf(id: string): Layer | null {
  return layers.value.find((layer) => layer.id === id) ?? null;
}

/** Reads `lang`, so whoever renders with it follows the language switch. */
export function t(key: Key, values?: Values): string {
  return translate(lang.value, key, values);
}

export function text(value: Text): string {
  return value[lang.value];
}
