// SPDX-License-Identifier: Apache-2.0
/** How the sources are doing, asked for every ten seconds while somebody is signed in whose work it is. */

import { computed, effect, signal } from "@preact/signals";
import { ApiError } from "../../api/client";
import { fetchSources } from "../../api/sources/sources";
import type { Role } from "../../model/account";
import { alarmOf } from "../../model/sources/trouble";
import type { SourceList } from "../../model/sources/types";
import { account, problemText } from "../account";
import { phase } from "../store";

const EVERY_MS = 10_000;
const STAFF: ReadonlySet<Role> = new Set(["operator", "handler", "gis", "admin"]);

/** Who works on sources and on the queue of what has no place; messages know no area, so neither may these people. */
export const isStaff = computed(() => {
  const person = account.value;
  return person !== null && !person.must_change && person.area === null && STAFF.has(person.role);
});

export const sourceList = signal<SourceList | null>(null);
export const sourcesProblem = signal<string | null>(null);
export const alarm = computed(() => alarmOf(sourceList.value?.sources ?? []));

let asking: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;

function stop(): void {
  asking?.abort();
  asking = null;
  if (timer !== null) clearTimeout(timer);
  timer = null;
}

async function ask(): Promise<void> {
  stop();
  const mine = new AbortController();
  asking = mine;
  let refused = false;
  try {
    const answer = await fetchSources(mine.signal);
    if (asking !== mine) return;
    sourceList.value = answer;
    sourcesProblem.value = null;
  } catch (error) {
    if (asking !== mine) return;
    sourcesProblem.value = problemText(error);
    refused = error instanceof ApiError && [401, 403, 404].includes(error.status);
  }
  // Who may not ask is not told otherwise in ten seconds; a page that nobody sees need not know.
  if (!refused) timer = setTimeout(() => (document.hidden ? waitForEyes() : void ask()), EVERY_MS);
}

function waitForEyes(): void {
  document.addEventListener("visibilitychange", () => isStaff.value && void ask(), { once: true });
}

/** After a change of our own. */
export function refreshSources(): void {
  if (isStaff.value) void ask();
}

export function keepSources(): () => void {
  return effect(() => {
    const wanted = isStaff.value && phase.value === "ready";
    if (wanted) {
      void ask();
      return;
    }
    stop();
    sourceList.value = null;
    sourcesProblem.value = null;
  });
}
