// SPDX-License-Identifier: Apache-2.0
/** What an item is called and how it is coloured, read from the manifest of its layer alone. */

import type { Geometry, Position } from "geojson";
import type { Bbox, Field, Item, Lang, Layer, LegendEntry, Properties } from "./types";

export type Shape = "circle" | "diamond" | "triangle" | "octagon";
const SHAPES: readonly Shape[] = ["circle", "diamond", "triangle", "octagon"];

export function choiceLabel(field: Field | undefined, value: unknown, lang: Lang): string | null {
  const choice = field?.choices?.find((entry) => entry.value === value);
  return choice ? choice.label[lang] : null;
}

export function fieldOf(layer: Layer, name: string): Field | undefined {
  return layer.fields.find((field) => field.name === name);
}

/** The name if it has one, else its kind in words, else the layer's title. */
export function itemTitle(layer: Layer, properties: Properties, lang: Lang): string {
  const own = layer.title_field ? properties[layer.title_field] : null;
  if (typeof own === "string" && own.trim()) return own;
  return itemKind(layer, properties, lang) ?? layer.title[lang];
}

export function itemKind(layer: Layer, properties: Properties, lang: Lang): string | null {
  const kind = properties.kind;
  return kind === undefined || kind === null ? null : choiceLabel(fieldOf(layer, "kind"), kind, lang);
}

export function legendEntry(layer: Layer, properties: Properties): LegendEntry | null {
  const { field, entries } = layer.legend;
  if (!field) return entries[0] ?? null;
  return entries.find((entry) => entry.value === properties[field]) ?? null;
}

export function itemColor(layer: Layer, properties: Properties): string {
  return legendEntry(layer, properties)?.color ?? layer.color;
}

/** Legends run from the mildest to the worst, so rank gives the shape: colour never speaks alone. */
export function legendShape(layer: Layer, value: string | null): Shape {
  if (!isRanked(layer)) return "circle";
  const rank = layer.legend.entries.findIndex((entry) => entry.value === value);
  return SHAPES[Math.min(Math.max(rank, 0), SHAPES.length - 1)] ?? "circle";
}

export function isRanked(layer: Layer): boolean {
  return layer.legend.field === "severity";
}

/** When it happened; when it was written down if nobody said when it happened. */
export function itemTime(item: Item): string | null {
  for (const name of ["valid_from", "recorded_at"]) {
    const value = item.properties[name];
    if (typeof value === "string" && value) return value;
  }
  return null;
}

/** Known to be in a unit, but not where. */
export function isUnitOnly({ geometry, properties }: Item): boolean {
  return geometry === null && (properties.location_method ?? "unlocated") !== "unlocated";
}

function positions(geometry: Geometry): Position[] {
  switch (geometry.type) {
    case "Point":
      return [geometry.coordinates];
    case "MultiPoint":
    case "LineString":
      return geometry.coordinates;
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates.flat();
    case "MultiPolygon":
      return geometry.coordinates.flat(2);
    case "GeometryCollection":
      return geometry.geometries.flatMap(positions);
  }
}

export function geometryBbox(geometry: Geometry | null): Bbox | null {
  const all = geometry ? positions(geometry) : [];
  if (all.length === 0) return null;
  const lons = all.map((position) => position[0] ?? 0);
  const lats = all.map((position) => position[1] ?? 0);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** The middle of what is drawn: good enough to fly to and to ask which unit that is. */
export function geometryCentre(geometry: Geometry | null): readonly [number, number] | null {
  const box = geometryBbox(geometry);
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}
