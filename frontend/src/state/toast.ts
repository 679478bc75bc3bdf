// SPDX-License-Identifier: Apache-2.0
/** One short message at a time, with at most one thing to do about it. */

import { signal } from "@preact/signals";

export type Toast = {
  readonly text: string;
  readonly tone?: "good" | "bad";
  readonly action?: { readonly label: string; readonly run: () => void };
};

const STAYS_MS = 6_000;
/** What can be undone is offered long enough to be thought about. */
const STAYS_WITH_ACTION_MS = 30_000;

export const toast = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | null = null;

export function say(message: Toast): void {
  if (timer !== null) clearTimeout(timer);
  toast.value = message;
  timer = setTimeout(hush, message.action ? STAYS_WITH_ACTION_MS : STAYS_MS);
}

export function hush(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  toast.value = null;
}
