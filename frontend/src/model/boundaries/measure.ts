// SPDX-License-Identifier: Apache-2.0
/** Areas, lengths and sizes in the unit that a person reads them in. */

import { formatNumber } from "../format";
import type { Lang } from "../types";

/** Square metres below a tenth of a square kilometre, square kilometres above. */
export function formatArea(m2: number, lang: Lang): string {
  const size = Math.abs(m2);
  if (size < 1) return size === 0 ? "0 m²" : `< 1 m²`;
  if (size < 100_000) return `${formatNumber(m2, lang)} m²`;
  return `${formatNumber(m2 / 1e6, lang, size < 1e6 ? 3 : 2)} km²`;
}

/** With its sign, as a change is written; a minus of the width of a plus. */
export function formatAreaChange(m2: number, lang: Lang): string {
  if (Math.abs(m2) < 0.5) return formatArea(0, lang);
  return `${m2 > 0 ? "+" : "−"}${formatArea(Math.abs(m2), lang)}`;
}

export function formatLength(metres: number, lang: Lang): string {
  return metres < 1000
    ? `${formatNumber(metres, lang, metres < 10 ? 1 : 0)} m`
    : `${formatNumber(metres / 1000, lang, 1)} km`;
}

export function formatBytes(bytes: number, lang: Lang): string {
  if (bytes < 1024) return `${formatNumber(bytes, lang)} B`;
  if (bytes < 1024 ** 2) return `${formatNumber(bytes / 1024, lang)} kB`;
  return `${formatNumber(bytes / 1024 ** 2, lang, 1)} MB`;
}

export function formatMeasure(value: number, unit: "m2" | "m" | "count" | "bytes", lang: Lang): string {
  switch (unit) {
    case "m2":
      return formatArea(value, lang);
    case "m":
      return formatLength(value, lang);
    case "bytes":
      return formatBytes(value, lang);
    case "count":
      return formatNumber(value, lang);
  }
}
