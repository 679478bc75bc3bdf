// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { rampBreaks, rampLabels, resolutionForZoom } from "./hexgrid";

describe("the hexagons' resolution", () => {
  it("grows with the zoom and stays within what the server answers", () => {
    const seen = Array.from({ length: 181 }, (_, step) => resolutionForZoom(step / 10));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...seen)).toBeLessThanOrEqual(12);
  });

  it("shows the city at 8 and a street at 10", () => {
    expect(resolutionForZoom(11.2)).toBe(8);
    expect(resolutionForZoom(14)).toBe(10);
  });
});

describe("the ramp", () => {
  it("gives few values a class each", () => {
    expect(rampBreaks([1, 1, 1, 4, 2], 5)).toEqual([1, 2, 4]);
  });

  it("spreads skewed counts by factors, ascending and without repeats", () => {
    const breaks = rampBreaks([1, 1, 2, 3, 5, 8, 13, 100], 5);
    expect(breaks[0]).toBe(1);
    expect(breaks).toEqual([...new Set(breaks)].sort((a, b) => a - b));
    expect(breaks.length).toBeLessThanOrEqual(5);
  });

  it("is empty without data", () => {
    expect(rampBreaks([], 5)).toEqual([]);
    expect(rampBreaks([0, Number.NaN], 5)).toEqual([]);
  });

  it("labels classes without gaps or overlaps", () => {
    expect(rampLabels([1, 2, 5], String)).toEqual(["1", "2–4", "≥ 5"]);
    expect(rampLabels([3], String)).toEqual(["3"]);
  });
});
