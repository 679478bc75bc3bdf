// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseTile, preciseTiles, touches } from "./touched";

const tile = (name: string) => parseTile(name) ?? { z: -1, x: -1, y: -1 };

describe("touched tiles", () => {
  it("reads names and refuses what is none", () => {
    expect(parseTile("12/3252/1796")).toEqual({ z: 12, x: 3252, y: 1796 });
    expect(parseTile("12/3252")).toBeNull();
    expect(parseTile("a/b/c")).toBeNull();
  });

  it("takes the names of the zoom that is shown", () => {
    expect(preciseTiles(["10/1/1", "11/2/2", "11/3/2"], [11])).toEqual(["11/2/2", "11/3/2"]);
  });

  it("takes the nearest ground while the stream does not know the shown zoom yet", () => {
    expect(preciseTiles(["10/1/1", "11/2/2"], [13])).toEqual(["11/2/2"]);
  });

  it("knows that no list means everything, and an empty list nothing", () => {
    expect(preciseTiles(null, [10])).toBeNull();
    expect(preciseTiles(undefined, [10])).toBeNull();
    expect(preciseTiles(["nonsense"], [10])).toBeNull();
    expect(preciseTiles([], [10])).toEqual([]);
  });

  it("is exact within a zoom", () => {
    expect(touches(tile("11/5/5"), tile("11/5/5"))).toBe(true);
    expect(touches(tile("11/5/5"), tile("11/6/5"))).toBe(false);
  });

  it("covers parents, children and whose buffer reaches in", () => {
    expect(touches(tile("11/5/5"), tile("10/2/2"))).toBe(true);
    expect(touches(tile("11/5/5"), tile("12/11/11"))).toBe(true);
    expect(touches(tile("11/5/5"), tile("12/12/11"))).toBe(true);
    expect(touches(tile("11/5/5"), tile("12/13/11"))).toBe(false);
    expect(touches(tile("11/5/5"), tile("10/4/2"))).toBe(false);
  });
});
