// SPDX-License-Identifier: Apache-2.0
/** The queue of what has no place yet: its items, and where one stands in it. Pure. */

export type Candidate = {
  readonly unit_set: string;
  readonly code: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  /** From 0 to 1. */
  readonly confidence?: number | null;
};

export type Unlocated = {
  readonly layer: string;
  readonly id: number;
  readonly source: string;
  readonly external_id: string;
  readonly title: string | null;
  readonly time: string | null;
  readonly recorded_at: string;
  /** What the message says about the place. */
  readonly text: string | null;
  /** Why the ladder could not place it. */
  readonly reason: string | null;
  readonly candidates: readonly Candidate[];
};

export type Queue = {
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly Unlocated[];
  readonly next: string | null;
};

/** What a person decides: a point with how sure it is, or only the unit. */
export type Decision =
  | { readonly lon: number; readonly lat: number; readonly radius_m?: number }
  | { readonly unit_set: string; readonly unit_code: string };

/** Metres around the point; null is the exact place. */
export const RADII = [null, 100, 500] as const;
export type Radius = (typeof RADII)[number];

export function keyOf({ layer, id }: Pick<Unlocated, "layer" | "id">): string {
  return `${layer}/${id}`;
}

/** The one after (or before) the given one; stays at the ends. */
export function stepFrom(items: readonly Unlocated[], key: string | null, step: 1 | -1): string | null {
  const at = items.findIndex((item) => keyOf(item) === key);
  const wanted = at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1);
  const item = items[wanted];
  return item ? keyOf(item) : null;
}

/** Which one comes when this one is done: the next, at the end of the list the one before. */
export function afterDone(items: readonly Unlocated[], key: string): string | null {
  const at = items.findIndex((item) => keyOf(item) === key);
  const item = items[at + 1] ?? items[at - 1];
  return item ? keyOf(item) : null;
}

/** Back at its old position, as far as the list still has it. */
export function putBack(items: readonly Unlocated[], item: Unlocated, at: number): readonly Unlocated[] {
  if (items.some((one) => keyOf(one) === keyOf(item))) return items;
  return [...items.slice(0, at), item, ...items.slice(at)];
}
