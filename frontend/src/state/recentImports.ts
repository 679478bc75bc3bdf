// SPDX-License-Identifier: Apache-2.0
/** What this person imported on this machine, so that it can still be undone tomorrow. */

export type DoneImport = {
  readonly name: string;
  readonly source: string;
  readonly layer: string;
  readonly file: string;
  readonly at: number;
  readonly accepted: number;
  readonly changed: number;
};

const KEEP = 8;

function keyOf(person: string, layer: string): string {
  return `toancanh.imports.${person}.${layer}`;
}

export function remembered(person: string, layer: string): readonly DoneImport[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(person, layer)) ?? "[]");
    return Array.isArray(found) ? (found as DoneImport[]) : [];
  } catch {
    return [];
  }
}

export function rememberImports(
  person: string,
  layer: string,
  entries: readonly DoneImport[],
): readonly DoneImport[] {
  const kept = entries.slice(0, KEEP);
  try {
    localStorage.setItem(keyOf(person, layer), JSON.stringify(kept));
  } catch {
    // Without storage they are remembered until the page is closed.
  }
  return kept;
}
