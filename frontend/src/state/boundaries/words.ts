// SPDX-License-Identifier: Apache-2.0
/** Words of the workspace in the person's language. */

import { type BoundariesKey, stepWords, translateBoundaries } from "../../i18n/boundaries/translate";
import type { Values } from "../../i18n/translate";
import type { Problem } from "../../model/boundaries/types";
import { lang } from "../store";

/** Reads `lang`, so whoever renders with it follows the language switch. */
export function tb(key: BoundariesKey, values?: Values): string {
  return translateBoundaries(lang.value, key, values);
}

export function step(name: string | null): string {
  return stepWords(lang.value, name);
}

/** What went wrong in a job, as the server says it. */
export function problemWords(problem: Problem | null): string {
  if (!problem) return "";
  return (lang.value === "vi" ? problem.detail_vi : null) ?? problem.detail ?? problem.code ?? "";
}
