// SPDX-License-Identifier: Apache-2.0
/** What lies under the pointer, most specific first: points, then areas, then the cell, then the unit. */

import type { MapGeoJSONFeature, Map as MapLibreMap, PointLike } from "maplibre-gl";
import type { Layer, Properties } from "../model/types";
import { HEX_SOURCE, ownerOf } from "../style/compose";

export type Hit =
  | { readonly kind: "item"; readonly layer: string; readonly id: number; readonly properties: Properties }
  /** Many points of a layer, drawn as one while the map is far. */
  | {
      readonly kind: "fold";
      readonly layer: string;
      readonly count: number;
      /** How many of them still matter; null where that is all, or nobody knows. */
      readonly open: number | null;
      readonly at: readonly [number, number];
      readonly properties: Properties;
    }
  | { readonly kind: "unit"; readonly layer: string; readonly properties: Properties }
  | { readonly kind: "cell"; readonly cell: string; readonly value: number };

/** A finger or a hurried hand misses by some pixels. */
const REACH_PX = 5;
const AT_MOST = 30;

type Ranked = { readonly rank: number; readonly key: string; readonly hit: Hit };

function rank(feature: MapGeoJSONFeature, layers: ReadonlyMap<string, Layer>): Ranked | null {
  const properties = feature.properties as Properties;
  if (feature.source === HEX_SOURCE) {
    const cell = String(properties.cell ?? "");
    return {
      rank: 2,
      key: `cell/${cell}`,
      hit: { kind: "cell", cell, value: Number(properties.value ?? 0) },
    };
  }
  const layer = layers.get(ownerOf(feature.layer) ?? "");
  if (!layer) return null;
  if (layer.store === "unit") {
    const code = properties.code;
    // A border belongs to two units; the ground under the pointer belongs to one, and so does a number on it.
    const isBadge = feature.layer.type === "circle";
    if (code === undefined || (feature.layer.type !== "fill" && !isBadge)) return null;
    return {
      rank: isBadge ? 0 : 3,
      key: `unit/${String(code)}`,
      hit: { kind: "unit", layer: layer.id, properties },
    };
  }
  const fold = foldOf(layer.id, feature);
  if (fold) return { rank: 0, key: `${layer.id}@${fold.at.join()}`, hit: fold };
  const id = Number(feature.id ?? properties.id);
  if (!Number.isFinite(id)) return null;
  const flat = feature.geometry.type === "Polygon" || feature.geometry.type === "MultiPolygon";
  return {
    rank: flat ? 1 : 0,
    key: `${layer.id}/${id}`,
    hit: { kind: "item", layer: layer.id, id, properties },
  };
}

function foldOf(layer: string, feature: MapGeoJSONFeature): Extract<Hit, { kind: "fold" }> | null {
  const properties = feature.properties as Properties;
  const count = Number(properties.count ?? 1);
  if (!(count > 1) || feature.geometry.type !== "Point") return null;
  const [lon = 0, lat = 0] = feature.geometry.coordinates;
  const open = typeof properties.open === "number" ? properties.open : null;
  return { kind: "fold", layer, count, open, at: [lon, lat], properties };
}

export function pick(
  map: MapLibreMap,
  at: { x: number; y: number },
  layers: readonly Layer[],
  reach = REACH_PX,
): Hit[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const box: [PointLike, PointLike] = [
    [at.x - reach, at.y - reach],
    [at.x + reach, at.y + reach],
  ];
  const around = map.queryRenderedFeatures(box).filter((feature) => feature.geometry.type === "Point");
  // Areas are meant by the very point; with a reach, every border would answer with two units.
  const under = map
    .queryRenderedFeatures([at.x, at.y])
    .filter((feature) => feature.geometry.type !== "Point");
  const found = new Map<string, Ranked>();
  for (const feature of [...around, ...under]) {
    const ranked = rank(feature, byId);
    if (ranked && !found.has(ranked.key)) found.set(ranked.key, ranked);
  }
  return [...found.values()]
    .sort((a, b) => a.rank - b.rank)
    .slice(0, AT_MOST)
    .map(({ hit }) => hit);
}
