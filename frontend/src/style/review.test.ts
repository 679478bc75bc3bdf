// SPDX-License-Identifier: Apache-2.0
import { type StyleSpecification, validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { type ReviewChoice, reviewStyle, underlayId } from "./review";
import { REVIEW_PALETTE } from "./reviewPalette";

const owned = (layer: string) => ({ "toancanh:layer": layer });
const BASE = {
  version: 8,
  sources: {
    ground: { type: "vector", tiles: ["http://x/ground/{z}/{x}/{y}"] },
    "ground-context": { type: "vector", tiles: ["http://x/context/{z}/{x}/{y}"] },
    things: { type: "vector", tiles: ["http://x/things/{z}/{x}/{y}"] },
  },
  layers: [
    { id: "background", type: "background" },
    { id: "context", type: "fill", source: "ground-context", "source-layer": "ground" },
    { id: "fill", type: "fill", source: "ground", "source-layer": "ground", metadata: owned("ground") },
    { id: "line", type: "line", source: "ground", "source-layer": "ground", metadata: owned("ground") },
    { id: "things", type: "circle", source: "things", "source-layer": "things", metadata: owned("things") },
    { id: "names", type: "symbol", source: "ground", "source-layer": "names", metadata: owned("ground") },
  ],
} as unknown as StyleSpecification;

const CHOICE: ReviewChoice = {
  units: "ground",
  tiles: "http://x/tiles?version=44",
  isForeign: false,
  underlays: [{ id: 3, tiles: "http://x/3", opacity: 0.5, bounds: [105, 21, 106, 22], zooms: [8, 16] }],
  changes: null,
  change: null,
  findings: null,
  marks: null,
  unagreed: null,
  focus: { type: "Point", coordinates: [105, 21] },
  palette: REVIEW_PALETTE.dark,
};

describe("the style of the workspace's map", () => {
  it("is valid for both themes", () => {
    for (const palette of Object.values(REVIEW_PALETTE))
      expect(validateStyleMin(reviewStyle(BASE as never, { ...CHOICE, palette }) as never)).toEqual([]);
  });

  it("shows the units of the asked version and nothing else of the console", () => {
    const style = reviewStyle(BASE as never, CHOICE);
    expect(style.sources.ground).toMatchObject({ tiles: ["http://x/tiles?version=44"] });
    expect(style.sources.things).toBeUndefined();
    expect(style.layers.some(({ id }) => id === "things")).toBe(false);
  });

  it("lays a scan over the fill and under the lines and names", () => {
    const ids = reviewStyle(BASE as never, CHOICE).layers.map(({ id }) => id);
    const at = ids.indexOf(underlayId(3));
    expect(at).toBeGreaterThan(ids.indexOf("fill"));
    expect(at).toBeLessThan(ids.indexOf("line"));
    expect(ids.indexOf("names")).toBeGreaterThan(ids.indexOf("toancanh-changes-won-line"));
  });

  it("leaves out what surrounds another set", () => {
    const style = reviewStyle(BASE as never, { ...CHOICE, isForeign: true });
    expect(style.layers.some(({ id }) => id === "context")).toBe(false);
    expect(style.sources["ground-context"]).toBeUndefined();
  });
});
