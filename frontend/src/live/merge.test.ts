// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Item, LayerChange } from "../model/types";
import { mergeChanges } from "./merge";

function item(id: number, revision = 1): Item {
  return {
    type: "Feature",
    id,
    geometry: { type: "Point", coordinates: [105.8, 21.6] },
    properties: { revision },
  };
}

function change(layer: string, upserts: readonly Item[], removes: readonly number[] = []): LayerChange {
  return { layer, upserts, removes, bulk: false, tiles: null };
}

describe("merging messages", () => {
  it("lets the last word on an id win", () => {
    const merged = mergeChanges([
      change("a", [item(1, 1), item(2)]),
      change("b", [item(1)]),
      change("a", [item(1, 2)], [2]),
    ]);
    expect(merged).toEqual([change("a", [item(1, 2)], [2]), change("b", [item(1)])]);
  });

  it("brings back what was removed and then came again", () => {
    expect(mergeChanges([change("a", [], [1]), change("a", [item(1)])])).toEqual([change("a", [item(1)])]);
  });

  it("stays bulk once bulk", () => {
    const bulk: LayerChange = { layer: "a", upserts: [], removes: [], bulk: true };
    expect(mergeChanges([bulk, change("a", [item(1)])])[0]?.bulk).toBe(true);
  });

  it("keeps every touched tile, and all tiles once anything may be anywhere", () => {
    const at = (...tiles: string[]): LayerChange => ({ ...change("a", []), tiles });
    expect(mergeChanges([at("1/0/0"), at("1/0/0", "1/1/0")])[0]?.tiles).toEqual(["1/0/0", "1/1/0"]);
    expect(mergeChanges([at("1/0/0"), change("a", []), at("1/1/0")])[0]?.tiles).toBeNull();
    const { tiles: _missing, ...without } = at();
    expect(mergeChanges([at("1/0/0"), without])[0]?.tiles).toBeNull();
  });
});
