// SPDX-License-Identifier: Apache-2.0
import type { Lang } from "../model/types";
import { en } from "./en";
import { type Key, vi } from "./vi";

export type { Key } from "./vi";
export type Values = Readonly<Record<string, string | number>>;

const CATALOGUES: Readonly<Record<Lang, Readonly<Record<Key, string>>>> = { vi, en };

export function translate(lang: Lang, key: Key, values?: Values): string {
  const text = CATALOGUES[lang][key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** For keys built from data, such as a location method that a newer server may add. */
export function translateOr(lang: Lang, key: string, fallback: string): string {
  return key in vi ? CATALOGUES[lang][key as Key] : fallback;
}
