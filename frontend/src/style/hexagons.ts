// SPDX-License-Identifier: Apache-2.0
/** Fill and outline of H3 cells; the ramp's colours and the legend's numbers come from the same breaks. */

import type { DataDrivenPropertyValueSpecification, LayerSpecification } from "maplibre-gl";
import type { MapPalette } from "./palette";

export type HexagonStyle = {
  readonly tiles: string;
  readonly breaks: readonly number[];
};

export const HEX_SOURCE_LAYER = "h3";

/** The ramp's colour of class `index` of `count`: few classes still span the whole ramp. */
export function rampColor(palette: MapPalette, index: number, count: number): string {
  const last = palette.ramp.length - 1;
  const at = count <= 1 ? last : Math.round((index * last) / (count - 1));
  return palette.ramp[at] ?? palette.ramp[last] ?? "#888888";
}

export function rampExpression(
  palette: MapPalette,
  breaks: readonly number[],
): DataDrivenPropertyValueSpecification<string> {
  const first = rampColor(palette, 0, breaks.length);
  if (breaks.length < 2) return first;
  const stops = breaks
    .slice(1)
    .flatMap((from, index) => [from, rampColor(palette, index + 1, breaks.length)]);
  return [
    "step",
    ["to-number", ["get", "value"]],
    first,
    ...stops,
  ] as DataDrivenPropertyValueSpecification<string>;
}

export function hexagonLayers(
  source: string,
  hexagons: HexagonStyle,
  palette: MapPalette,
): LayerSpecification[] {
  return [
    {
      id: "toancanh-hexagon-fill",
      type: "fill",
      source,
      "source-layer": HEX_SOURCE_LAYER,
      paint: {
        "fill-color": rampExpression(palette, hexagons.breaks),
        "fill-opacity": 0.72,
        "fill-antialias": false,
      },
    },
    {
      id: "toancanh-hexagon-line",
      type: "line",
      source,
      "source-layer": HEX_SOURCE_LAYER,
      paint: { "line-color": palette.rampLine, "line-width": 1, "line-opacity": 0.55 },
    },
  ];
}
