// SPDX-License-Identifier: Apache-2.0
/** The feature that is being added or changed; signals only. */

import { signal } from "@preact/signals";
import type { Place, Rules, Texts } from "../model/editing";
import type { Item } from "../model/types";

export type Draft = {
  readonly layer: string;
  /** Null while a new one is being added. */
  readonly item: Item | null;
  readonly rules: Rules;
  readonly before: Texts;
  readonly texts: Texts;
  readonly placeBefore: Place | null;
  readonly place: Place | null;
  /** When it happened, for layers with time. */
  readonly time: string;
  readonly busy: boolean;
  readonly checked: boolean;
  readonly problem: string | null;
  readonly conflict: boolean;
};

export const draft = signal<Draft | null>(null);

export function update(part: Partial<Draft>): void {
  if (draft.value) draft.value = { ...draft.value, ...part };
}
