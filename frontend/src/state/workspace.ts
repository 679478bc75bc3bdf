// SPDX-License-Identifier: Apache-2.0
/** Whether the boundaries workspace is open, and where in it; the rest of it is loaded when it is. */

import { signal } from "@preact/signals";

export type Workspace = { readonly view: "start" } | { readonly view: "draft"; readonly draft: number };

export const workspace = signal<Workspace | null>(null);

export function openWorkspace(): void {
  workspace.value = { view: "start" };
}

export function closeWorkspace(): void {
  workspace.value = null;
}

/** As it stands in the address bar. */
export function encodeWorkspace(open: Workspace | null): string | undefined {
  if (!open) return undefined;
  return open.view === "draft" ? `draft-${open.draft}` : "boundaries";
}

export function decodeWorkspace(text: string | undefined): Workspace | null {
  if (text === "boundaries") return { view: "start" };
  const draft = /^draft-(\d{1,9})$/.exec(text ?? "")?.[1];
  return draft ? { view: "draft", draft: Number(draft) } : null;
}
