// SPDX-License-Identifier: Apache-2.0
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import type { LayerSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { choroplethLayers } from "./choropleth";
import { MAP_PALETTE } from "./palette";

const UNITS = {
  id: "u-fill",
  type: "fill",
  source: "u",
  "source-layer": "u",
  metadata: { "toancanh:layer": "u" },
  paint: {},
} as LayerSpecification;

describe("coloured units", () => {
  it("are a valid style, missing values hatched and not coloured", () => {
    const choropleth = { layer: "u", classes: [["1"], [], ["2", "3"]], zeros: ["4"] };
    const layers = choroplethLayers(choropleth, [UNITS], MAP_PALETTE.dark);
    const style = { version: 8 as const, sources: { u: { type: "vector" as const, tiles: ["x"] } }, layers };
    expect(validateStyleMin(style)).toEqual([]);
    const [fill, none] = layers as unknown as {
      id: string;
      filter: unknown;
      paint: Record<string, unknown>;
    }[];
    expect(JSON.stringify(fill?.paint["fill-color"])).toContain(MAP_PALETTE.dark.zero);
    expect(none?.filter).toEqual(["!", fill?.filter]);
  });

  it("are all hatched where no value is known", () => {
    const layers = choroplethLayers({ layer: "u", classes: [], zeros: [] }, [UNITS], MAP_PALETTE.light);
    expect(layers.map(({ id }) => id)).toEqual(["toancanh-choropleth-none"]);
  });
});
