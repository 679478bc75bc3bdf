// SPDX-License-Identifier: Apache-2.0
/**
 * Features that are loaded but must not be seen, by feature state: it takes effect in the next frame, in every tile at
 * once, where a filter would have every tile of the source laid out again.
 */

import type { LayerSpecification } from "maplibre-gl";

export const UNSEEN = "unseen";

const OPACITIES: Readonly<Record<string, readonly string[]>> = {
  circle: ["circle-opacity", "circle-stroke-opacity"],
  symbol: ["icon-opacity", "text-opacity"],
  fill: ["fill-opacity"],
  line: ["line-opacity"],
};

function isZoomCurve(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const input = value[0] === "interpolate" ? value[2] : value[0] === "step" ? value[1] : null;
  return Array.isArray(input) && input[0] === "zoom";
}

/** The style language wants the zoom outermost, so a curve is wrapped output by output. */
function unlessUnseen(opacity: unknown): unknown {
  if (!isZoomCurve(opacity)) return ["case", ["boolean", ["feature-state", UNSEEN], false], 0, opacity];
  // interpolate: name, kind, input, then stop and output in turn; step: name, input, output, then in turn.
  const outputs = opacity[0] === "interpolate" ? 4 : 2;
  return opacity.map((part, at) => (at >= outputs && at % 2 === 0 ? unlessUnseen(part) : part));
}

/** The same drawing, except that what is marked unseen is fully transparent. */
export function withUnseen(layer: LayerSpecification): LayerSpecification {
  const paint = (layer.paint ?? {}) as Readonly<Record<string, unknown>>;
  const opacities = (OPACITIES[layer.type] ?? []).map((name) => [name, unlessUnseen(paint[name] ?? 1)]);
  return { ...layer, paint: { ...paint, ...Object.fromEntries(opacities) } } as LayerSpecification;
}
