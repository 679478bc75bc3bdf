// SPDX-License-Identifier: Apache-2.0
/** The place that is being set for something in the queue; signals only. */

import { signal } from "@preact/signals";
import type { Place } from "../model/editing";
import type { Radius } from "../model/unlocated";

export type Placing = { readonly place: Place | null; readonly radius_m: Radius };

/** Null while nobody places anything: then a click on the map asks what is there. */
export const placing = signal<Placing | null>(null);

export function updatePlacing(part: Partial<Placing>): void {
  if (placing.value) placing.value = { ...placing.value, ...part };
}
