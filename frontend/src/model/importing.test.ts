// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { differences, importName, mediaTypeOf } from "./importing";
import type { Item } from "./types";

const item = (properties: Record<string, unknown>, lon = 105): Item => ({
  type: "Feature",
  id: 1,
  geometry: { type: "Point", coordinates: [lon, 21] },
  properties,
});

describe("importing", () => {
  it("knows files by their names", () => {
    expect(mediaTypeOf("Trường học.XLSX")).toContain("spreadsheetml");
    expect(mediaTypeOf("a.csv")).toBe("text/csv");
    expect(mediaTypeOf("a.xls")).toBeNull();
  });

  it("names imports as the server takes them", () => {
    const name = importName(new Date("2026-11-22T08:30:01Z"), 0.5);
    expect(name).toMatch(/^[\w.:-]{1,100}$/);
    expect(name.startsWith("table-20261122T083001-")).toBe(true);
  });

  it("tells what a changed row changes, not what is only counted", () => {
    const before = item({ name: "A", beds: 3, revision: 1 });
    expect(differences(before, item({ name: "B", beds: 3, revision: 2 }))).toEqual(["name"]);
    expect(differences(before, item({ name: "A", beds: 3, revision: 2 }, 106))).toEqual(["geometry"]);
    expect(differences(null, before)).toEqual([]);
  });
});
