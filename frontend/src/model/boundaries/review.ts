// SPDX-License-Identifier: Apache-2.0
/** Findings and changes arranged for reading: groups, counts, one row for each change. */

import type { Geometry } from "geojson";
import { geometryBbox } from "../item";
import type { Bbox } from "../types";
import type { Change, ChangeKind, ChangePart, Drawn, Finding, Severity } from "./types";

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ["reject", "error", "question", "warning", "info"];

export type FoundHere = { readonly finding: Finding; readonly geometry: Geometry | null };

export type FindingGroup = {
  readonly severity: Severity;
  readonly code: string;
  readonly members: readonly FoundHere[];
};

export function findingsOf(drawn: Drawn<Finding> | null): readonly FoundHere[] {
  return (drawn?.features ?? []).map(({ geometry, properties }) => ({ finding: properties, geometry }));
}

export function groupFindings(found: readonly FoundHere[]): readonly FindingGroup[] {
  const groups = new Map<string, FoundHere[]>();
  for (const one of found) {
    const key = `${one.finding.severity}/${one.finding.code}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .flatMap((members) => {
      const first = members[0];
      return first ? [{ severity: first.finding.severity, code: first.finding.code, members }] : [];
    })
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.code.localeCompare(b.code),
    );
}

export type FindingFilter = "all" | "blocking" | Severity;

export function matches(finding: Finding, filter: FindingFilter): boolean {
  if (filter === "all") return true;
  return filter === "blocking" ? finding.blocking : finding.severity === filter;
}

/** Refusals and questions are never waived: there is nothing behind them to publish. */
export function isWaivable({ code, severity, waivable }: Finding): boolean {
  return waivable ?? (severity === "error" && /^(TOPO|DIFF)_/.test(code));
}

/** In the order of the legend. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  "added",
  "removed",
  "merged",
  "split",
  "reshaped",
  "recoded",
  "renamed",
  "retyped",
];

export type ChangeRow = { readonly change: Change; readonly bbox: Bbox | null };

/** One row for each change, whatever parts it is drawn in; the largest first. */
export function changeRows(drawn: Drawn<ChangePart> | null): readonly ChangeRow[] {
  const rows = new Map<number, { change: Change; bbox: Bbox | null }>();
  for (const { geometry, properties } of drawn?.features ?? []) {
    const box = geometryBbox(geometry);
    const known = rows.get(properties.number);
    if (!known) rows.set(properties.number, { change: properties, bbox: box });
    else known.bbox = union(known.bbox, box);
  }
  const ground = ({ change }: ChangeRow) => change.won_m2 + change.lost_m2;
  return [...rows.values()].sort((a, b) => ground(b) - ground(a) || a.change.number - b.change.number);
}

export function union(a: Bbox | null, b: Bbox | null): Bbox | null {
  if (!a || !b) return a ?? b;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

export type ChangeFilter = "all" | "neighbours" | ChangeKind;

export function showsChange(change: Change, filter: ChangeFilter): boolean {
  if (filter === "all") return true;
  return filter === "neighbours" ? change.is_neighbour : change.kinds.includes(filter);
}

export function changeName(change: Change): string {
  const { name_after, name_before, code_after, code_before } = change;
  if (name_after) return fullName(change.type_after, name_after);
  return name_before ? fullName(change.type_before, name_before) : (code_after ?? code_before ?? "");
}

/** "Phường Gia Sàng", unless the name says already what it is. */
export function fullName(type: string | null, name: string): string {
  return type && !name.startsWith(type) ? `${type} ${name}` : name;
}

/** Two units that both changed shape may share a border that is still disputed. */
export function borderPairs(rows: readonly ChangeRow[]): readonly (readonly [Change, Change])[] {
  const redrawn = rows.filter(
    ({ change, bbox }) => bbox && change.code_after && change.won_m2 + change.lost_m2 > 0,
  );
  return redrawn.flatMap((one, nth) =>
    redrawn
      .slice(nth + 1)
      .filter((other) => touches(one.bbox as Bbox, other.bbox as Bbox))
      .map((other) => [one.change, other.change] as const),
  );
}

function touches(a: Bbox, b: Bbox): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}
