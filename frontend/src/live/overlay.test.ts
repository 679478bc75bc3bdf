// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Item } from "../model/types";
import { type Arrival, applyArrival, EMPTY_OVERLAY, pruneOverlay } from "./overlay";

function item(id: number, placed = true): Item {
  return {
    type: "Feature",
    id,
    geometry: placed ? { type: "Point", coordinates: [105.8, 21.6] } : null,
    properties: {},
  };
}

function arrival(
  at: number,
  upserts: Item[],
  removes: number[] = [],
  drawings: [number, number][] = [],
): Arrival {
  return { change: { layer: "a", upserts, removes, bulk: false }, at, drawings: new Map(drawings) };
}

describe("the overlay", () => {
  it("adds an arrival and hides its id in the tiles", () => {
    const [overlay, swap] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(7)], [], [[7, 1]]));
    expect(swap).toEqual({ retire: [], hide: [7], reveal: [] });
    expect(overlay.get(7)).toEqual({ item: item(7), at: 10, drawing: 1 });
  });

  it("replaces a drawing by the next one and leaves the tiles as they are", () => {
    const [first] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(7)], [], [[7, 1]]));
    const [, swap] = applyArrival(first, arrival(20, [item(7)], [], [[7, 2]]));
    expect(swap).toEqual({ retire: [1], hide: [], reveal: [] });
  });

  it("hides what was removed, whether or not it was in the overlay", () => {
    const [first] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(7)], [], [[7, 1]]));
    const [second, swap] = applyArrival(first, arrival(20, [], [7, 8]));
    expect(swap).toEqual({ retire: [1], hide: [8], reveal: [] });
    expect([...second.values()].map((entry) => entry.item)).toEqual([null, null]);
  });

  it("draws nothing for an item that lost its place, yet hides the old drawing", () => {
    const [overlay, swap] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(7, false)]));
    expect(swap.hide).toEqual([7]);
    expect(overlay.get(7)?.drawing).toBeNull();
  });

  it("forgets what the tiles have learnt and keeps what came later", () => {
    const [first] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(1)], [9], [[1, 5]]));
    const [second] = applyArrival(first, arrival(30, [item(2)], [], [[2, 6]]));
    const [left, swap] = pruneOverlay(second, 20);
    expect(swap).toEqual({ retire: [5], hide: [], reveal: [9, 1] });
    expect([...left.keys()]).toEqual([2]);
  });

  it("does not change what it was given", () => {
    const [first] = applyArrival(EMPTY_OVERLAY, arrival(10, [item(1)], [], [[1, 5]]));
    applyArrival(first, arrival(20, [], [1]));
    pruneOverlay(first, 99);
    expect(first.get(1)?.drawing).toBe(5);
    expect(EMPTY_OVERLAY.size).toBe(0);
  });
});
