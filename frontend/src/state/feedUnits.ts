// SPDX-License-Identifier: Apache-2.0
/** Which unit a row of the feed lies in: asked for rows that are shown, a few at a time, each place once. */

import { signal } from "@preact/signals";
import { fetchPlace } from "../api/server";
import { geometryCentre } from "../model/item";
import type { Item, UnitRef, UnitSet } from "../model/types";

const AT_ONCE = 2;
const KEEP = 600;

const known = signal<ReadonlyMap<string, readonly UnitRef[]>>(new Map());
const queue: { readonly key: string; readonly at: readonly [number, number] }[] = [];
const asked = new Set<string>();
let running = 0;

function keyOf(at: readonly [number, number]): string {
  return `${at[0].toFixed(4)},${at[1].toFixed(4)}`;
}

/** Rows are asked from the top of the list down; an arrival goes first. */
export function askUnit(item: Item, first: boolean): void {
  const at = geometryCentre(item.geometry);
  if (!at || asked.has(keyOf(at))) return;
  asked.add(keyOf(at));
  const job = { key: keyOf(at), at };
  if (first) queue.unshift(job);
  else queue.push(job);
  next();
}

function next(): void {
  const job = running < AT_ONCE ? queue.shift() : undefined;
  if (!job) return;
  running += 1;
  fetchPlace(job.at[0], job.at[1])
    .then(
      ({ units }) => remember(job.key, units),
      () => asked.delete(job.key),
    )
    .finally(() => {
      running -= 1;
      next();
    });
}

function remember(key: string, units: readonly UnitRef[]): void {
  const entries = [...known.value, [key, units] as const].slice(-KEEP);
  known.value = new Map(entries);
}

export function unitOf(item: Item, set: UnitSet | null): string | null {
  const at = geometryCentre(item.geometry);
  const units = at ? known.value.get(keyOf(at)) : undefined;
  const unit = units?.find((candidate) => candidate.set === set?.id);
  return unit ? (unit.full_name ?? unit.name) : null;
}
