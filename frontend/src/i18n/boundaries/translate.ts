// SPDX-License-Identifier: Apache-2.0
import type { Lang } from "../../model/types";
import type { Values } from "../translate";
import { boundariesEn } from "./en";
import { type BoundariesKey, boundariesVi } from "./vi";

export type { BoundariesKey } from "./vi";

const CATALOGUES: Readonly<Record<Lang, Readonly<Record<BoundariesKey, string>>>> = {
  vi: boundariesVi,
  en: boundariesEn,
};

export function translateBoundaries(lang: Lang, key: BoundariesKey, values?: Values): string {
  const text = CATALOGUES[lang][key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** The words of a step of the work; a newer server may have others. */
export function stepWords(lang: Lang, step: string | null): string {
  const key = `step.${(step ?? "").split(/[.: ]/)[0]}`;
  return CATALOGUES[lang][key in boundariesVi ? (key as BoundariesKey) : "step.other"];
}
