// SPDX-License-Identifier: Apache-2.0
import type { Lang } from "../../model/types";
import type { Values } from "../translate";
import { type LettersKey, lettersEn, lettersVi } from "./letters";
import { type SourcesKey, sourcesEn, sourcesVi } from "./words";

export type ConnectedKey = SourcesKey | LettersKey;

export const CONNECTED: Readonly<Record<Lang, Readonly<Record<ConnectedKey, string>>>> = {
  vi: { ...sourcesVi, ...lettersVi },
  en: { ...sourcesEn, ...lettersEn },
};

export function translateConnected(lang: Lang, key: ConnectedKey, values?: Values): string {
  const text = CONNECTED[lang][key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** How messages arrive; a newer server may know other ways. */
export function doorWords(lang: Lang, door: string): string {
  const key = `door.${door}`;
  return key in sourcesVi ? CONNECTED[lang][key as ConnectedKey] : door;
}
