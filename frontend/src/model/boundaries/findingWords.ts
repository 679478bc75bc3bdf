// SPDX-License-Identifier: Apache-2.0
/** What a finding says, arranged for reading: the sentence of its kind once, then what is particular to each. */

import { formatNumber } from "../format";
import type { Lang, Text } from "../types";
import { formatMeasure } from "./measure";
import type { Finding } from "./types";

const QUANTITY = /([-+]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?) (km2|m2|m|%)(?![\p{L}\d])/gu;
const METRES: Readonly<Record<string, { unit: "m2" | "m"; factor: number }>> = {
  km2: { unit: "m2", factor: 1e6 },
  m2: { unit: "m2", factor: 1 },
  m: { unit: "m", factor: 1 },
};

/** Numbers as the reader writes them: 11634.2 m2 becomes 11.634 m². */
export function localised(words: string, lang: Lang): string {
  return words.replace(QUANTITY, (_, sign: string, digits: string, unit: string) => {
    const value = Number(digits.replaceAll(",", ""));
    const known = METRES[unit];
    const minus = sign === "-" ? "−" : sign;
    return `${minus}${known ? formatMeasure(value * known.factor, known.unit, lang) : `${formatNumber(value, lang, 2)} %`}`;
  });
}

/** The sentences that all details begin with; of a single one its first sentence. */
export function commonWords(details: readonly string[]): string {
  const [first = "", ...others] = details;
  const ends = [...first.matchAll(/\.(?= |$)/g)].map((end) => (end.index ?? 0) + 1);
  const shared = ends.filter((end) => others.every((other) => other.startsWith(first.slice(0, end))));
  const end = others.length > 0 ? shared.at(-1) : shared[0];
  return end === undefined ? "" : first.slice(0, end);
}

/** What a detail says beyond the sentence of its kind, without the measure, which is written beside it. */
export function particulars(finding: Finding, common: Text, lang: Lang): string {
  const detail = finding.detail[lang];
  const rest = detail.startsWith(common[lang]) ? detail.slice(common[lang].length).trim() : detail;
  const inner = /^\((.*)\)$/s.exec(rest)?.[1] ?? rest;
  const left = inner.split(", ").filter((part) => !saysMeasure(part, finding));
  return localised(left.join(", "), lang);
}

function saysMeasure(part: string, { measure, measure_unit: unit }: Finding): boolean {
  if (measure === null || unit === null) return false;
  if (unit === "count" || unit === "bytes") return Number(part) === measure;
  return new RegExp(`^[-+]?[\\d.,]+ ${unit === "m2" ? "k?m2" : "m"}$`).test(part);
}
