// SPDX-License-Identifier: Apache-2.0
/** How the picked thing stands out: a double outline for areas, a double ring for points. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { MapPalette } from "./palette";

export const SELECTION_SOURCE = "toancanh-selection";

/** A unit is outlined from its tiles (no second download of its shape); everything else by its geometry. */
export type SelectionStyle = {
  readonly unit: { readonly layer: string; readonly code: string } | null;
  readonly shape: GeoJSON.Feature | null;
};

export type Drawn = {
  readonly metadata?: unknown;
  readonly type: string;
  readonly source?: string;
  readonly "source-layer"?: string;
};

function outline(
  id: string,
  from: { source: string; sourceLayer?: string; filter: ExpressionSpecification },
  palette: MapPalette,
): LayerSpecification[] {
  const shared = {
    type: "line" as const,
    source: from.source,
    ...(from.sourceLayer && { "source-layer": from.sourceLayer }),
    filter: from.filter,
    layout: { "line-join": "round" as const, "line-cap": "round" as const },
  };
  return [
    {
      ...shared,
      id: `${id}-halo`,
      paint: { "line-color": palette.selectionHalo, "line-width": 7, "line-opacity": 0.55 },
    },
    { ...shared, id, paint: { "line-color": palette.selection, "line-width": 3 } },
  ];
}

/** Where a unit's polygons are: the source behind any fill or line that the style draws for that layer. */
export function polygonSource(
  layer: string,
  drawn: readonly Drawn[],
): { source: string; sourceLayer?: string } | null {
  const found = drawn.find(
    (candidate) =>
      (candidate.metadata as Record<string, unknown> | undefined)?.["toancanh:layer"] === layer &&
      (candidate.type === "fill" || candidate.type === "line") &&
      candidate.source,
  );
  if (!found?.source) return null;
  const sourceLayer = found["source-layer"];
  return { source: found.source, ...(sourceLayer && { sourceLayer }) };
}

export function selectionLayers(
  selection: SelectionStyle | null,
  drawn: readonly LayerSpecification[],
  palette: MapPalette,
): LayerSpecification[] {
  const layers: LayerSpecification[] = [];
  const picked = selection?.unit ?? null;
  const unit = picked && polygonSource(picked.layer, drawn as readonly Drawn[]);
  if (picked && unit) {
    layers.push(
      ...outline(
        "toancanh-selected-unit",
        { ...unit, filter: ["==", ["get", "code"], picked.code] },
        palette,
      ),
    );
  }
  layers.push(
    ...outline(
      "toancanh-selected-area",
      { source: SELECTION_SOURCE, filter: ["!=", ["geometry-type"], "Point"] },
      palette,
    ),
  );
  const point = {
    type: "circle" as const,
    source: SELECTION_SOURCE,
    filter: ["==", ["geometry-type"], "Point"] as ExpressionSpecification,
  };
  layers.push(
    {
      ...point,
      id: "toancanh-selected-point-halo",
      paint: {
        "circle-radius": 15,
        "circle-color": "transparent",
        "circle-stroke-color": palette.selectionHalo,
        "circle-stroke-width": 6,
        "circle-stroke-opacity": 0.6,
      },
    },
    {
      ...point,
      id: "toancanh-selected-point",
      paint: {
        "circle-radius": 16,
        "circle-color": "transparent",
        "circle-stroke-color": palette.selection,
        "circle-stroke-width": 3,
      },
    },
  );
  return layers;
}
