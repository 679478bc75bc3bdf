// SPDX-License-Identifier: Apache-2.0
/** Which H3 resolution a zoom shows, and how values become a ramp of few, readable steps. */

/** So that a cell is between 15 and 40 px wide: smaller ones are dust, larger ones hide the ground. */
const RESOLUTION_FROM_ZOOM: readonly (readonly [number, number])[] = [
  [13.6, 10],
  [12.2, 9],
  [10.75, 8],
  [9.2, 7],
];

export function resolutionForZoom(zoom: number): number {
  for (const [from, resolution] of RESOLUTION_FROM_ZOOM) if (zoom >= from) return resolution;
  return 6;
}

/**
 * Lower bounds of at most `steps` classes, ascending, the first being the smallest value.
 * Few different values get a class each; else the steps grow by a factor, because counts of events are
 * skewed: equal steps would show one bright cell, quantiles one class of ones.
 */
export function rampBreaks(values: readonly number[], steps: number): number[] {
  const distinct = [...new Set(values.filter((value) => Number.isFinite(value) && value > 0))].sort(
    (a, b) => a - b,
  );
  if (distinct.length <= steps) return distinct;
  const least = distinct[0] ?? 1;
  const most = distinct[distinct.length - 1] ?? 1;
  const grown = Array.from({ length: steps }, (_, step) => least * (most / least) ** (step / steps));
  return [...new Set(grown.map((value) => Math.round(value)))];
}

/** "1–4", "5–11", "≥ 12" for breaks [1, 5, 12]. */
export function rampLabels(breaks: readonly number[], format: (value: number) => string): string[] {
  return breaks.map((from, index) => {
    const next = breaks[index + 1];
    if (next === undefined) return index === 0 ? format(from) : `≥ ${format(from)}`;
    const to = next - 1;
    return to <= from ? format(from) : `${format(from)}–${format(to)}`;
  });
}
