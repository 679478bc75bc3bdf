// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { geometryBbox, geometryCentre, itemColor, itemTitle, legendShape } from "./item";
import type { Layer } from "./types";

const text = (vi: string) => ({ vi, en: vi });
const entry = (value: string, color: string) => ({ value, label: text(value), color, icon: null });
const LAYER = {
  title: text("Lớp"),
  color: "#111111",
  title_field: "name",
  fields: [
    { name: "kind", title: text("Loại"), type: "choice", choices: [{ value: "k", label: text("Loại K") }] },
  ],
  legend: {
    field: "severity",
    entries: [entry("low", "#00ff00"), entry("mid", "#ffff00"), entry("top", "#ff0000")],
  },
} as unknown as Layer;

describe("an item's name", () => {
  it("is its own, else its kind, else the layer's", () => {
    expect(itemTitle(LAYER, { name: "Bến Oánh", kind: "k" }, "vi")).toBe("Bến Oánh");
    expect(itemTitle(LAYER, { name: " ", kind: "k" }, "vi")).toBe("Loại K");
    expect(itemTitle(LAYER, { kind: null }, "vi")).toBe("Lớp");
  });
});

describe("an item's look", () => {
  it("follows the legend and falls back to the layer", () => {
    expect(itemColor(LAYER, { severity: "top" })).toBe("#ff0000");
    expect(itemColor(LAYER, { severity: "unheard" })).toBe("#111111");
  });

  it("gives every rank a form of its own", () => {
    const shapes = ["low", "mid", "top"].map((value) => legendShape(LAYER, value));
    expect(new Set(shapes).size).toBe(3);
    expect(legendShape({ ...LAYER, legend: { ...LAYER.legend, field: "kind" } }, "top")).toBe("circle");
  });
});

describe("a geometry's box", () => {
  it("covers every position of every part", () => {
    const ring = [
      [0, 0],
      [4, 0],
      [4, 2],
      [0, 0],
    ];
    const shifted = ring.map(([x = 0, y = 0]) => [x + 10, y + 10]);
    expect(geometryBbox({ type: "MultiPolygon", coordinates: [[ring], [shifted]] })).toEqual([0, 0, 14, 12]);
    expect(geometryCentre({ type: "Point", coordinates: [105, 21] })).toEqual([105, 21]);
  });

  it("is nothing for nothing", () => {
    expect(geometryBbox(null)).toBeNull();
    expect(geometryBbox({ type: "MultiPoint", coordinates: [] })).toBeNull();
  });
});
