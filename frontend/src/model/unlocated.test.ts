// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { metresPerPixel } from "./ground";
import { totalsByUnit } from "./unitOnly";
import { afterDone, putBack, stepFrom, type Unlocated } from "./unlocated";

const item = (id: number): Unlocated => ({
  layer: "some",
  id,
  source: "s",
  external_id: `x-${id}`,
  title: null,
  time: null,
  recorded_at: "2026-11-22T08:00:00Z",
  text: null,
  reason: null,
  candidates: [],
});
const ITEMS = [1, 2, 3].map(item);

describe("walking through the queue", () => {
  it("goes on and back, and stays at the ends", () => {
    expect(stepFrom(ITEMS, "some/1", 1)).toBe("some/2");
    expect(stepFrom(ITEMS, "some/1", -1)).toBe("some/1");
    expect(stepFrom(ITEMS, "some/3", 1)).toBe("some/3");
    expect(stepFrom(ITEMS, "gone", 1)).toBe("some/1");
    expect(stepFrom([], null, 1)).toBeNull();
  });

  it("shows the next when one is done, at the end the one before, and nothing when all are", () => {
    expect(afterDone(ITEMS, "some/2")).toBe("some/3");
    expect(afterDone(ITEMS, "some/3")).toBe("some/2");
    expect(afterDone([item(1)], "some/1")).toBeNull();
  });

  it("puts back what was taken away where it was, once", () => {
    const left = [item(1), item(3)];
    expect(putBack(left, item(2), 1).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(putBack(ITEMS, item(2), 0)).toBe(ITEMS);
  });
});

describe("what is known only to a unit", () => {
  it("is summed over layers, without those that have none", () => {
    const totals = totalsByUnit([
      { code: "1", unit_only: 2 },
      { code: "2", unit_only: 0 },
      { code: "1", unit_only: 3 },
      { code: "3" },
    ]);
    expect([...totals]).toEqual([["1", 5]]);
  });
});

describe("a metre on the screen", () => {
  it("is as long as the map's scale says", () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.5, 0);
    expect(metresPerPixel(21.59, 12)).toBeCloseTo(17.77, 1);
  });
});
