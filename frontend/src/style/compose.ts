// SPDX-License-Identifier: Apache-2.0
/** The map's style as a pure function of the server's style and of what the operator has chosen. */

import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Item, Layer } from "../model/types";
import { type ChoroplethStyle, choroplethLayers } from "./choropleth";
import { type HexagonStyle, hexagonLayers } from "./hexagons";
import type { MapPalette } from "./palette";
import { SELECTION_SOURCE, type SelectionStyle, selectionLayers } from "./selection";
import { type UnitBadges, unitBadgeLayers } from "./unitBadges";
import { withUnseen } from "./unseen";

export type StyleChoice = {
  readonly layers: readonly Layer[];
  readonly visible: ReadonlySet<string>;
  /** What is drawn above the tiles, per layer; the controller fills it in. */
  readonly overlays: ReadonlyMap<string, readonly GeoJSON.Feature[]>;
  readonly hexagons: HexagonStyle | null;
  readonly choropleth?: ChoroplethStyle | null;
  readonly selection: SelectionStyle | null;
  readonly badges?: UnitBadges | null;
  readonly palette: MapPalette;
};

export const HEX_SOURCE = "toancanh-hexagons";

export function asFeature(item: Item): GeoJSON.Feature {
  return {
    type: "Feature",
    id: item.id,
    geometry: item.geometry as GeoJSON.Geometry,
    properties: item.properties,
  };
}

/** In the overlay a feature has the id of its drawing; this is its own. */
const OWN_ID = "toancanh:id";

export function asDrawing(item: Item, drawing: number): GeoJSON.Feature {
  return { ...asFeature(item), id: drawing, properties: { ...item.properties, [OWN_ID]: item.id } };
}

/** The feature's own id and properties, when a drawing of it was picked. */
export function ownOf(
  properties: GeoJSON.GeoJsonProperties,
): { readonly id: number; readonly properties: GeoJSON.GeoJsonProperties } | null {
  const { [OWN_ID]: id, ...own } = properties ?? {};
  return typeof id === "number" ? { id, properties: own } : null;
}

function collection(features: readonly GeoJSON.Feature[]): SourceSpecification {
  return { type: "geojson", data: { type: "FeatureCollection", features: [...features] } };
}

type Owned = {
  readonly "toancanh:layer"?: string;
  readonly "toancanh:role"?: string;
  readonly "toancanh:overlay"?: true;
};

/** Which data layer a style layer draws; undefined for the background and for what the page adds. */
export function ownerOf(layer: LayerSpecification): string | undefined {
  return (layer.metadata as Owned | undefined)?.["toancanh:layer"];
}

export function isOverlay(layer: LayerSpecification): boolean {
  return (layer.metadata as Owned | undefined)?.["toancanh:overlay"] === true;
}

export function overlaySource(layerId: string): string {
  return `${layerId}~live`;
}

/** The same drawing from the overlay source: a clone differs in id, source and nothing that is seen. */
export function cloneForOverlay(layer: LayerSpecification, layerId: string): LayerSpecification {
  const { "source-layer": _dropped, ...rest } = layer as LayerSpecification & { "source-layer"?: string };
  return {
    ...rest,
    id: `${layer.id}~live`,
    source: overlaySource(layerId),
    metadata: { ...(layer.metadata as object), "toancanh:overlay": true },
  } as LayerSpecification;
}

function shown(layer: LayerSpecification, visible: boolean): LayerSpecification {
  return {
    ...layer,
    layout: { ...layer.layout, visibility: visible ? "visible" : "none" },
  } as LayerSpecification;
}

export function composeStyle(base: StyleSpecification, choice: StyleChoice): StyleSpecification {
  const byId = new Map(choice.layers.map((layer) => [layer.id, layer]));
  const sources: Record<string, SourceSpecification> = {
    ...base.sources,
    [SELECTION_SOURCE]: collection(choice.selection?.shape ? [choice.selection.shape] : []),
  };
  const layers: LayerSpecification[] = [];
  let hexagonsAt = 0;
  for (const layer of base.layers) {
    const owner = ownerOf(layer);
    const manifest = owner === undefined ? undefined : byId.get(owner);
    if (owner === undefined || !manifest) {
      layers.push(layer);
      if (layer.type === "background") hexagonsAt = layers.length;
      continue;
    }
    // Indicators colour the units: one at a time, drawn from the values that the table shows, too.
    if (manifest.store === "indicator") continue;
    const visible = choice.visible.has(owner);
    if (manifest.store === "unit") {
      layers.push(shown(layer, visible));
      // Hexagons lie on the ground of the units and under their borders.
      if (layer.type === "fill") hexagonsAt = layers.length;
      continue;
    }
    sources[overlaySource(owner)] ??= collection(choice.overlays.get(owner) ?? []);
    const drawn = withUnseen(layer);
    layers.push(shown(drawn, visible), shown(cloneForOverlay(drawn, owner), visible));
  }
  if (choice.choropleth) {
    const filled = choroplethLayers(choice.choropleth, base.layers, choice.palette);
    layers.splice(hexagonsAt, 0, ...filled);
    hexagonsAt += filled.length;
  }
  if (choice.hexagons) {
    sources[HEX_SOURCE] = {
      type: "vector",
      tiles: [choice.hexagons.tiles],
      minzoom: 0,
      maxzoom: 14,
    };
    layers.splice(hexagonsAt, 0, ...hexagonLayers(HEX_SOURCE, choice.hexagons, choice.palette));
  }
  if (choice.badges) layers.push(...unitBadgeLayers(choice.badges, base.layers, choice.palette));
  layers.push(...selectionLayers(choice.selection, base.layers, choice.palette));
  return { ...base, sources, layers };
}
