// SPDX-License-Identifier: Apache-2.0
/** Values of units into classes, rows and files. A missing value is never zero. */

import type { Lang, Text } from "./types";

export type UnitValue = {
  readonly set: string;
  readonly code: string;
  readonly name: string;
  readonly full_name?: string | null;
  readonly type: string | null;
  readonly value: number | null;
  /** Of the value, those whose place is not known any nearer; only of features. */
  readonly unit_only?: number;
  readonly period?: string | null;
  readonly estimated?: boolean | null;
  readonly source?: string | null;
};

export type UnitValues = {
  readonly layer: string;
  readonly set: string;
  readonly total: number | null;
  readonly unlocated?: number;
  readonly outside?: number;
  readonly period?: string | null;
  /** Newest first; only of indicators. */
  readonly periods?: readonly string[];
  readonly units: readonly UnitValue[];
};

export type SeriesPoint = {
  readonly period: string;
  readonly value: number | null;
  readonly estimated?: boolean | null;
};

export type Measure = {
  readonly unit: Text;
  readonly no_data: Text;
  readonly whole: boolean;
  readonly additive: boolean;
};

/** `from[i] <= value < from[i + 1]`; the last class ends with `most`. `zero`: zeros have a class of their own. */
export type Classes = {
  readonly zero: boolean;
  readonly from: readonly number[];
  readonly most: number;
};

export const CLASS_COUNT = 5;

/** As many units in each class; equal values are never parted, so that there may be fewer classes. */
export function quantileClasses(values: readonly (number | null)[], count = CLASS_COUNT): Classes {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const ordered = known.filter((value) => value !== 0).sort((a, b) => a - b);
  const starts = Array.from(
    { length: count },
    (_, nth) => ordered[Math.ceil((ordered.length * nth) / count)],
  );
  const from = [...new Set(starts.filter((value): value is number => value !== undefined))];
  return { zero: known.includes(0), from, most: ordered.at(-1) ?? 0 };
}

/** The class of a value; -1 for zero, null for none. */
export function classOf(classes: Classes, value: number | null): number | null {
  if (value === null) return null;
  if (value === 0 && classes.zero) return -1;
  const found = classes.from.findLastIndex((from) => value >= from);
  return found < 0 ? null : found;
}

/** "1–4" for whole numbers; "1,5 – < 4" where something may lie in between. */
export function classLabels(classes: Classes, whole: boolean, format: (value: number) => string): string[] {
  return classes.from.map((from, nth) => {
    const next = classes.from[nth + 1];
    const to = next === undefined ? classes.most : whole ? next - 1 : next;
    if (to <= from) return format(from);
    return next === undefined || whole
      ? `${format(from)}–${format(to)}`
      : `${format(from)} – < ${format(to)}`;
  });
}

/** How many units each class holds, zeros first under -1, missing ones under null. */
export function classSizes(
  classes: Classes,
  units: readonly UnitValue[],
): ReadonlyMap<number | null, number> {
  const sizes = new Map<number | null, number>();
  for (const { value } of units) {
    const found = classOf(classes, value);
    sizes.set(found, (sizes.get(found) ?? 0) + 1);
  }
  return sizes;
}

export type SortColumn = "name" | "type" | "code" | "value";
export type Sort = { readonly column: SortColumn; readonly descending: boolean };

/** What has no value comes last in either direction. */
export function sortUnits(units: readonly UnitValue[], sort: Sort, lang: Lang): UnitValue[] {
  const words = new Intl.Collator(lang === "vi" ? "vi" : "en", { numeric: true });
  const sign = sort.descending ? -1 : 1;
  return [...units].sort((a, b) => {
    if (sort.column === "value") {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      if (a.value !== b.value) return sign * (a.value - b.value);
    } else {
      const order = words.compare(a[sort.column] ?? "", b[sort.column] ?? "");
      if (order) return sign * order;
    }
    return words.compare(a.name, b.name);
  });
}

/** A cell of a CSV file: quoted where needed; no spreadsheet takes a name for a formula. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With the mark by which spreadsheets know UTF-8. */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** What a limited reader does not see is unknown to this reader, not zero. */
export function withinArea(values: UnitValues, area: readonly string[] | null): UnitValues {
  if (area === null) return values;
  const seen = new Set(area);
  const units = values.units.map((unit) =>
    unit.value === 0 && !seen.has(`${unit.set}/${unit.code}`) ? { ...unit, value: null } : unit,
  );
  return { ...values, units };
}

export type PeriodWords =
  | { readonly kind: "year" | "quarter" | "month"; readonly year: string; readonly n: string }
  | { readonly kind: "range"; readonly from: string; readonly to: string };

const ROMAN = ["I", "II", "III", "IV"];

/** "2025", "2025-Q2", "2025-06" or "2024-07-01/2025-07-01", the last day not included. */
export function readPeriod(text: string): PeriodWords | null {
  const found = /^(\d{4})(?:-(?:Q([1-4])|(\d\d)))?$/.exec(text);
  if (found) {
    const [, year = "", quarter, month] = found;
    if (quarter) return { kind: "quarter", year, n: ROMAN[Number(quarter) - 1] ?? quarter };
    return month ? { kind: "month", year, n: String(Number(month)) } : { kind: "year", year, n: "" };
  }
  const [from = "", end = ""] = text.split("/");
  const last = new Date(`${end}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(from) || Number.isNaN(last.getTime())) return null;
  last.setUTCDate(last.getUTCDate() - 1);
  return { kind: "range", from, to: last.toISOString().slice(0, 10) };
}
