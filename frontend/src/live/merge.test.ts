// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Item, LayerChange } from "../model/types";
import { applyChange, EMPTY_OVERLAY, hiddenIds, mergeChanges, pruneOverlay } from "./merge";

function item(id: number, revision = 1, placed = true): Item {
  return {
    type: "Feature",
    id,
    geometry: placed ? { type: "Point", coordinates: [105.8, 21.6] } : null,
    properties: { revision },
  };
}

function change(layer: string, upserts: readonly Item[], removes: readonly number[] = []): LayerChange {
  return { layer, upserts, removes, bulk: false };
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
});

describe("the overlay", () => {
  it("adds an arrival and hides its id in the tiles", () => {
    const [overlay, diff] = applyChange(EMPTY_OVERLAY, change("a", [item(7)]), 10);
    expect(diff).toEqual({ remove: [], add: [item(7)], hidden: [7] });
    expect(hiddenIds(overlay)).toEqual([7]);
  });

  it("replaces a change of the same item without touching the filter again", () => {
    const [first] = applyChange(EMPTY_OVERLAY, change("a", [item(7)]), 10);
    const [, diff] = applyChange(first, change("a", [item(7, 2)]), 20);
    expect(diff).toEqual({ remove: [7], add: [item(7, 2)], hidden: null });
  });

  it("hides what was removed, whether or not it was in the overlay", () => {
    const [first] = applyChange(EMPTY_OVERLAY, change("a", [item(7)]), 10);
    const [second, diff] = applyChange(first, change("a", [], [7, 8]), 20);
    expect(diff).toEqual({ remove: [7], add: [], hidden: [7, 8] });
    expect(second.items.size).toBe(0);
  });

  it("draws nothing for an item that lost its place, yet hides the old drawing", () => {
    const [, diff] = applyChange(EMPTY_OVERLAY, change("a", [item(7, 2, false)]), 10);
    expect(diff).toEqual({ remove: [], add: [], hidden: [7] });
  });

  it("forgets what the tiles have learnt and keeps what came later", () => {
    const [first] = applyChange(EMPTY_OVERLAY, change("a", [item(1)], [9]), 10);
    const [second] = applyChange(first, change("a", [item(2)]), 30);
    const [left, diff] = pruneOverlay(second, 20);
    expect(diff).toEqual({ remove: [1], add: [], hidden: [2] });
    expect(hiddenIds(left)).toEqual([2]);
  });

  it("does not change what it was given", () => {
    const [first] = applyChange(EMPTY_OVERLAY, change("a", [item(1)]), 10);
    applyChange(first, change("a", [], [1]), 20);
    pruneOverlay(first, 99);
    expect(hiddenIds(first)).toEqual([1]);
    expect(EMPTY_OVERLAY.items.size).toBe(0);
  });
});
