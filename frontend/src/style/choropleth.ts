// SPDX-License-Identifier: Apache-2.0
/** Units filled by class, hatched where nothing is known; the units' own tiles carry the shapes. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { rampColor } from "./hexagons";
import type { MapPalette } from "./palette";
import { type Drawn, polygonSource } from "./selection";

export type ChoroplethStyle = {
  /** The layer of the units, whose tiles are coloured. */
  readonly layer: string;
  /** Codes by class, from few to many. */
  readonly classes: readonly (readonly string[])[];
  readonly zeros: readonly string[];
};

export const HATCH_IMAGE = "toancanh-hatch";
/** Reads on dark and on light ground. */
export const HATCH_COLOR = "#7f90a2";

export function choroplethLayers(
  choropleth: ChoroplethStyle,
  drawn: readonly LayerSpecification[],
  palette: MapPalette,
): LayerSpecification[] {
  const source = polygonSource(choropleth.layer, drawn as readonly Drawn[]);
  if (!source) return [];
  const from = {
    type: "fill" as const,
    source: source.source,
    ...(source.sourceLayer && { "source-layer": source.sourceLayer }),
    // Whoever points at the colour means the unit.
    metadata: { "toancanh:layer": choropleth.layer },
  };
  const code: ExpressionSpecification = ["to-string", ["get", "code"]];
  const known = [...choropleth.classes.flat(), ...choropleth.zeros];
  const isKnown: ExpressionSpecification = ["in", code, ["literal", known]];
  const hatched: LayerSpecification = {
    ...from,
    id: "toancanh-choropleth-none",
    filter: ["!", isKnown],
    paint: { "fill-pattern": HATCH_IMAGE, "fill-opacity": 0.8 },
  };
  if (known.length === 0) return [hatched];
  const cases = choropleth.classes.flatMap((codes, nth) =>
    codes.length ? [[...codes], rampColor(palette, nth, choropleth.classes.length)] : [],
  );
  const color = cases.length ? ["match", code, ...cases, palette.zero] : palette.zero;
  return [
    {
      ...from,
      id: "toancanh-choropleth-fill",
      filter: isKnown,
      paint: { "fill-color": color as ExpressionSpecification, "fill-opacity": 0.9 },
    },
    hatched,
    {
      ...from,
      id: "toancanh-choropleth-line",
      type: "line",
      paint: { "line-color": palette.rampLine, "line-width": 1, "line-opacity": 0.7 },
    },
  ];
}
