// SPDX-License-Identifier: Apache-2.0
/** A number at the unit's label point: how much is known to be in the unit, but not where. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { ownerOf } from "./compose";
import type { MapPalette } from "./palette";

export type UnitBadges = {
  /** The layer of the units, whose label points carry the numbers. */
  readonly layer: string;
  readonly counts: readonly (readonly [code: string, label: string])[];
};

export const BADGE_LAYER = "toancanh-unit-badges";
/** Above the unit's name, which keeps its place and may have two lines. */
const LIFT = liftedBy([9, -19], [12, -25], [14, -30], [17, -36]);

function liftedBy(...stops: readonly (readonly [zoom: number, px: number])[]): ExpressionSpecification {
  const steps = stops.flatMap(([zoom, px]) => [zoom, ["literal", [0, px]]]);
  return ["interpolate", ["linear"], ["zoom"], ...steps] as unknown as ExpressionSpecification;
}

export function unitBadgeLayers(
  badges: UnitBadges,
  drawn: readonly LayerSpecification[],
  palette: MapPalette,
): LayerSpecification[] {
  const names = drawn.find((layer) => layer.type === "symbol" && ownerOf(layer) === badges.layer);
  if (names?.type !== "symbol" || badges.counts.length === 0) return [];
  const code: ExpressionSpecification = ["to-string", ["get", "code"]];
  const from = {
    source: names.source,
    ...(names["source-layer"] !== undefined && { "source-layer": names["source-layer"] }),
    filter: ["in", code, ["literal", badges.counts.map(([one]) => one)]] as ExpressionSpecification,
    minzoom: 9,
    // Whoever points at the number means the unit.
    metadata: { "toancanh:layer": badges.layer },
  };
  const label = ["match", code, ...badges.counts.flat(), ""] as unknown as ExpressionSpecification;
  const wide: ExpressionSpecification = ["step", ["length", label], 9, 2, 11, 3, 14, 4, 17];
  return [
    {
      ...from,
      id: BADGE_LAYER,
      type: "circle",
      paint: {
        "circle-radius": wide,
        "circle-color": palette.badge,
        "circle-stroke-color": palette.badgeLine,
        "circle-stroke-width": 1.5,
        "circle-translate": LIFT,
      },
    },
    {
      ...from,
      id: `${BADGE_LAYER}-text`,
      type: "symbol",
      layout: {
        "text-field": label,
        "text-font": names.layout?.["text-font"] ?? ["Noto Sans"],
        "text-size": 11,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": palette.badgeInk, "text-translate": LIFT },
    },
  ];
}
