// SPDX-License-Identifier: Apache-2.0
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import type { LayerSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { withUnseen } from "./unseen";

const MARK = ["boolean", ["feature-state", "unseen"], false];
const paintOf = (layer: unknown) =>
  (withUnseen(layer as LayerSpecification).paint ?? {}) as Record<string, unknown>;

describe("what must not be seen", () => {
  it("is transparent, fill and rim", () => {
    const paint = paintOf({ id: "p", type: "circle", source: "s", paint: { "circle-opacity": 0.8 } });
    expect(paint).toEqual({
      "circle-opacity": ["case", MARK, 0, 0.8],
      "circle-stroke-opacity": ["case", MARK, 0, 1],
    });
  });

  it("leaves the zoom outermost", () => {
    const curve = ["interpolate", ["linear"], ["zoom"], 8, 0.4, 12, ["case", ["has", "x"], 1, 0.5]];
    const steps = ["step", ["zoom"], 0, 9, 1];
    expect(paintOf({ type: "line", paint: { "line-opacity": curve } })["line-opacity"]).toEqual([
      ...curve.slice(0, 4),
      ["case", MARK, 0, 0.4],
      12,
      ["case", MARK, 0, ["case", ["has", "x"], 1, 0.5]],
    ]);
    expect(paintOf({ type: "fill", paint: { "fill-opacity": steps } })["fill-opacity"]).toEqual([
      "step",
      ["zoom"],
      ["case", MARK, 0, 0],
      9,
      ["case", MARK, 0, 1],
    ]);
  });

  it("is said in the style's own language, and changes nothing else", () => {
    const layer = {
      id: "label",
      type: "symbol",
      source: "s",
      "source-layer": "s",
      layout: { "text-field": ["get", "name"] },
      paint: { "text-color": "#fff", "text-opacity": ["interpolate", ["linear"], ["zoom"], 7, 0, 9, 1] },
    } as unknown as LayerSpecification;
    const seen = withUnseen(layer);
    expect({ ...seen, paint: null }).toEqual({ ...layer, paint: null });
    const style = {
      version: 8,
      glyphs: "g/{fontstack}/{range}",
      sources: { s: { type: "vector" } },
      layers: [seen],
    };
    expect(validateStyleMin(style as Parameters<typeof validateStyleMin>[0])).toEqual([]);
  });
});
