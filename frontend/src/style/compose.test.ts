// SPDX-License-Identifier: Apache-2.0
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import type { Layer } from "../model/types";
import { asDrawing, cloneForOverlay, composeStyle, ownOf, type StyleChoice } from "./compose";
import { MAP_PALETTE } from "./palette";
import { withUnseen } from "./unseen";

const POINTS: LayerSpecification = {
  id: "p-point",
  type: "circle",
  source: "p",
  "source-layer": "p",
  filter: ["==", ["geometry-type"], "Point"],
  metadata: { "toancanh:layer": "p", "toancanh:role": "point" },
};
const GROUND: LayerSpecification = {
  id: "u-fill",
  type: "fill",
  source: "u",
  "source-layer": "u",
  metadata: { "toancanh:layer": "u", "toancanh:role": "fill" },
};
const BORDER: LayerSpecification = { ...GROUND, id: "u-line", type: "line" } as LayerSpecification;
const BASE: StyleSpecification = {
  version: 8,
  sources: {
    p: { type: "vector", tiles: ["http://host/p/{z}/{x}/{y}"] },
    u: { type: "vector", tiles: ["http://host/u/{z}/{x}/{y}"] },
  },
  layers: [{ id: "background", type: "background" }, GROUND, BORDER, POINTS],
};
const CHOICE: StyleChoice = {
  layers: [{ id: "p", store: "feature" } as Layer, { id: "u", store: "unit" } as Layer],
  visible: new Set(["p", "u"]),
  overlays: new Map(),
  hexagons: null,
  selection: null,
  palette: MAP_PALETTE.dark,
};
const order = (style: StyleSpecification) => style.layers.map((layer) => layer.id);

describe("the composed style", () => {
  it("is valid for MapLibre with everything switched on", () => {
    const style = composeStyle(BASE, {
      ...CHOICE,
      hexagons: { tiles: "http://host/h/{z}/{y}/{x}", breaks: [1, 3, 9] },
      selection: { unit: { layer: "u", code: "05443" }, shape: null },
    });
    expect(validateStyleMin(style as Parameters<typeof validateStyleMin>[0])).toEqual([]);
  });

  it("draws arrivals right above their layer, never units", () => {
    expect(order(composeStyle(BASE, CHOICE)).slice(0, 5)).toEqual([
      "background",
      "u-fill",
      "u-line",
      "p-point",
      "p-point~live",
    ]);
  });

  it("lays hexagons on the ground and under the borders", () => {
    const style = composeStyle(BASE, { ...CHOICE, hexagons: { tiles: "http://host/{z}", breaks: [1] } });
    const names = order(style);
    expect(names.indexOf("toancanh-hexagon-fill")).toBe(names.indexOf("u-fill") + 1);
    expect(names.indexOf("toancanh-hexagon-line")).toBeLessThan(names.indexOf("u-line"));
  });

  it("hides both drawings of a layer that is switched off", () => {
    const style = composeStyle(BASE, { ...CHOICE, visible: new Set(["u"]) });
    const off = style.layers.filter((layer) => layer.layout?.visibility === "none").map((layer) => layer.id);
    expect(off).toEqual(["p-point", "p-point~live"]);
  });

  it("carries the overlay over into a new style, under ids of its own", () => {
    const item = {
      type: "Feature" as const,
      id: 7,
      geometry: { type: "Point" as const, coordinates: [105, 21] },
      properties: { title: "T" },
    };
    const drawing = asDrawing(item, 31);
    const style = composeStyle(BASE, { ...CHOICE, overlays: new Map([["p", [drawing]]]) });
    const source = style.sources["p~live"] as { data: { features: { id: number }[] } };
    expect(source.data.features).toEqual([drawing]);
    expect(source.data.features[0]?.id).toBe(31);
    expect(ownOf(drawing.properties)).toEqual({ id: 7, properties: { title: "T" } });
    expect(ownOf(item.properties)).toBeNull();
  });

  it("lets features of the tiles and of the overlay be unseen, units never", () => {
    const style = composeStyle(BASE, CHOICE);
    const paintOf = (id: string) => style.layers.find((layer) => layer.id === id)?.paint;
    expect(paintOf("p-point")).toEqual(withUnseen(POINTS).paint);
    expect(paintOf("p-point~live")).toEqual(withUnseen(POINTS).paint);
    expect(paintOf("u-fill")).toBeUndefined();
  });

  it("leaves the server's style as it was", () => {
    const before = JSON.stringify(BASE);
    composeStyle(BASE, CHOICE);
    expect(JSON.stringify(BASE)).toBe(before);
  });
});

describe("a clone for arrivals", () => {
  it("differs in id and source only", () => {
    const clone = cloneForOverlay(POINTS, "p") as unknown as Record<string, unknown>;
    expect(clone.id).toBe("p-point~live");
    expect(clone.source).toBe("p~live");
    expect(clone["source-layer"]).toBeUndefined();
    expect(clone.filter).toEqual((POINTS as { filter: unknown }).filter);
    expect(clone.metadata).toMatchObject({ "toancanh:layer": "p", "toancanh:overlay": true });
  });
});
