// SPDX-License-Identifier: Apache-2.0
/** Which work is open beside or instead of the console, and where in it; the larger ones are loaded when opened. */

import { signal } from "@preact/signals";

export type Workspace =
  | { readonly view: "start" }
  | { readonly view: "draft"; readonly draft: number }
  /** The connected systems; null: the one that needs a person most. */
  | { readonly view: "sources"; readonly source: string | null }
  /** What has no place yet, beside the map; null: of all layers. */
  | { readonly view: "unlocated"; readonly layer: string | null };

export const workspace = signal<Workspace | null>(null);

export function openWorkspace(): void {
  workspace.value = { view: "start" };
}

export function openSources(source: string | null = null): void {
  workspace.value = { view: "sources", source };
}

export function closeWorkspace(): void {
  workspace.value = null;
}

/** As it stands in the address bar. */
export function encodeWorkspace(open: Workspace | null): string | undefined {
  switch (open?.view) {
    case undefined:
      return undefined;
    case "draft":
      return `draft-${open.draft}`;
    case "sources":
      return open.source === null ? "sources" : `sources-${open.source}`;
    case "unlocated":
      return open.layer === null ? "unlocated" : `unlocated-${open.layer}`;
    case "start":
      return "boundaries";
  }
}

export function decodeWorkspace(text: string | undefined): Workspace | null {
  const [, view, rest] = /^([a-z]+)(?:-(.+))?$/.exec(text ?? "") ?? [];
  switch (view) {
    case "boundaries":
      return rest === undefined ? { view: "start" } : null;
    case "draft":
      return /^\d{1,9}$/.test(rest ?? "") ? { view: "draft", draft: Number(rest) } : null;
    case "sources":
    case "unlocated":
      if (rest !== undefined && !/^[a-z][a-z0-9_-]{0,60}$/.test(rest)) return null;
      return view === "sources" ? { view, source: rest ?? null } : { view, layer: rest ?? null };
    default:
      return null;
  }
}
