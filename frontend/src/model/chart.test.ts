// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { chartPoints, linePath, niceRange } from "./chart";

describe("a small chart", () => {
  it("starts at zero unless that would flatten what is to be seen", () => {
    expect(niceRange([3, 10])).toEqual([0, 10]);
    expect(niceRange([100, 104])[0]).toBeGreaterThan(90);
    expect(niceRange([])).toEqual([0, 1]);
    expect(niceRange([0])).toEqual([0, 0.5]);
  });

  it("leaves a gap where nothing is known", () => {
    const points = chartPoints([0, null, 5, 10], { width: 100, height: 50, pad: 0 });
    expect(points[1]).toBeNull();
    expect(points[3]).toEqual({ x: 100, y: 0 });
    expect(linePath(points)).toBe("M0.0 50.0M66.7 25.0L100.0 0.0");
  });
});
