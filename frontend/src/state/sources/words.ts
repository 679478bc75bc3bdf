// SPDX-License-Identifier: Apache-2.0
/** Words of the page of sources in the person's language. */

import { type ConnectedKey, doorWords, translateConnected } from "../../i18n/sources/translate";
import type { Values } from "../../i18n/translate";
import { formatAge, formatEvery, formatNumber } from "../../model/format";
import { lang, now } from "../store";

/** Reads `lang`, so whoever renders with it follows the language switch. */
export function tc(key: ConnectedKey, values?: Values): string {
  return translateConnected(lang.value, key, values);
}

export function door(name: string): string {
  return doorWords(lang.value, name);
}

export function ago(time: string): string {
  return formatAge(Math.max(0, (now.value - Date.parse(time)) / 1000), lang.value);
}

/** A span: seconds exactly while they are few. */
export function span(seconds: number): string {
  return seconds < 60
    ? `${formatNumber(seconds, lang.value, seconds < 10 ? 1 : 0)} ${lang.value === "vi" ? "giây" : "s"}`
    : formatEvery(seconds, lang.value);
}

export function number(value: number, digits = 0): string {
  return formatNumber(value, lang.value, digits);
}
