// SPDX-License-Identifier: Apache-2.0
/** A spreadsheet on its way into a layer. */

import type { Item, Text } from "./types";

export type Outcome = "accepted" | "changed" | "unchanged" | "rejected";

export type Rejection = {
  readonly row: number;
  readonly code: string;
  readonly detail: string;
  readonly detail_vi?: string;
};

export type ImportAnswer = {
  readonly mode: "preview" | "commit";
  readonly name: string;
  readonly layer: string;
  readonly source: string;
  readonly sheet?: string | null;
  readonly columns: readonly { readonly header: string; readonly name: string; readonly title: Text }[];
  readonly unmapped: readonly string[];
  readonly notices: readonly {
    readonly code: string;
    readonly detail: string;
    readonly detail_vi: string;
    readonly count: number;
  }[];
  readonly receipt: {
    readonly accepted: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly stale?: number;
    readonly unlocated: number;
    readonly rejected: readonly Rejection[];
  };
  readonly sample: readonly {
    readonly row: number;
    readonly id: string;
    readonly outcome: Outcome;
    readonly before: Item | null;
    readonly after: Item | null;
  }[];
};

export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** By the name: browsers know too many types for one and the same CSV file. */
export function mediaTypeOf(name: string): string | null {
  if (/\.xlsx$/i.test(name)) return XLSX;
  return /\.(csv|txt)$/i.test(name) ? "text/csv" : null;
}

/** Sorts by time and is unique enough for one person's imports. */
export function importName(now: Date, chance: number): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return `table-${stamp}-${Math.floor(chance * 36 ** 5)
    .toString(36)
    .padStart(5, "0")}`;
}

/** How many rows the import will write. */
export function writes(answer: ImportAnswer): number {
  return answer.receipt.accepted + answer.receipt.changed;
}

export function samplePoints(answer: ImportAnswer): GeoJSON.Feature[] {
  return answer.sample.flatMap(({ outcome, after }) =>
    after?.geometry && (outcome === "accepted" || outcome === "changed")
      ? [{ type: "Feature" as const, geometry: after.geometry, properties: { outcome } }]
      : [],
  );
}

/** Which properties differ, for a row that changes something known. */
export function differences(before: Item | null, after: Item | null): readonly string[] {
  if (!before || !after) return [];
  const names = Object.keys(after.properties).filter((name) => !BOOKKEEPING.has(name));
  const changed = names.filter(
    (name) =>
      JSON.stringify(before.properties[name] ?? null) !== JSON.stringify(after.properties[name] ?? null),
  );
  const moved = JSON.stringify(before.geometry) !== JSON.stringify(after.geometry);
  return moved ? [...changed, "geometry"] : changed;
}

const BOOKKEEPING = new Set("revision recorded_at units source external_id location_method".split(" "));
