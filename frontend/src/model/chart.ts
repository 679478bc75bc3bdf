// SPDX-License-Identifier: Apache-2.0
/** Where the marks of a small chart stand. */

export type Point = { readonly x: number; readonly y: number };
export type Frame = { readonly width: number; readonly height: number; readonly pad: number };

/** Round numbers above the greatest and below the least value; zero is in it where values do not shun it. */
export function niceRange(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const low = least > 0 && least > most * 0.6 ? least - (most - least || least) * 0.25 : Math.min(0, least);
  const span = most - low || 1;
  const step = 10 ** Math.floor(Math.log10(span)) / 2;
  return [Math.floor(low / step) * step, Math.ceil(most / step) * step || step];
}

/** One point a value, null where there is none: a gap, not a zero. */
export function chartPoints(values: readonly (number | null)[], frame: Frame): (Point | null)[] {
  const known = values.filter((value): value is number => value !== null);
  const [low, high] = niceRange(known);
  const inner = { width: frame.width - 2 * frame.pad, height: frame.height - 2 * frame.pad };
  return values.map((value, nth) => {
    if (value === null) return null;
    const share = values.length === 1 ? 0.5 : nth / (values.length - 1);
    return {
      x: frame.pad + share * inner.width,
      y: frame.pad + (1 - (value - low) / (high - low)) * inner.height,
    };
  });
}

/** "M…L…" with a new start after each gap. */
export function linePath(points: readonly (Point | null)[]): string {
  return points
    .map((point, nth) => point && `${points[nth - 1] ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`)
    .filter(Boolean)
    .join("");
}
