// SPDX-License-Identifier: Apache-2.0
/** What the page of sources shows: rows, the one that is open, and its switch. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { fetchSource, patchSource } from "../../api/sources/sources";
import { filterCounts, filterRows, type SourceFilter, systemRows } from "../../model/sources/trouble";
import type { Source, SourceDetail, System } from "../../model/sources/types";
import { account, problemText } from "../account";
import { text } from "../store";
import { say } from "../toast";
import { openSources, workspace } from "../workspace";
import { refreshSources, sourceList } from "./watch";
import { tc } from "./words";

const EVERY_MS = 5_000;

export const filter = signal<SourceFilter>("all");
export const search = signal("");
export const rows = computed(() => systemRows(sourceList.value ?? { sources: [], systems: [] }));
export const shownRows = computed(() => filterRows(rows.value, filter.value, search.value));
export const counts = computed(() => filterCounts(rows.value));

export type Tab = "now" | "letters" | "connect";
export const tab = signal<Tab>("now");

export const mayAdmin = computed(() => account.value?.role === "admin");

export type Opened =
  | { readonly kind: "source"; readonly source: Source; readonly system: System | null }
  | { readonly kind: "system"; readonly system: System };

/** What the address names, else the first row: the one that needs a person most. */
export const opened = computed<Opened | null>(() => {
  const list = sourceList.value;
  const wanted = workspace.value?.view === "sources" ? workspace.value.source : null;
  if (!list) return null;
  const found = list.sources.find(({ id }) => id === wanted);
  if (found) return { kind: "source", source: found, system: systemOf(found.system) };
  const system = list.systems.find(({ id }) => id === wanted);
  if (system) return { kind: "system", system };
  const [first] = rows.value;
  const [source] = first?.sources ?? [];
  if (source) return { kind: "source", source, system: first?.system ?? null };
  return first ? { kind: "system", system: first.system } : null;
});

function systemOf(id: string): System | null {
  return sourceList.value?.systems.find((system) => system.id === id) ?? null;
}

export function open(id: string, wanted: Tab = "now"): void {
  tab.value = wanted;
  openSources(id);
}

export const detail = signal<SourceDetail | null>(null);

/** The last hour of the open source, as long as the page is open. */
export function watchDetail(): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asking: AbortController | null = null;
  const stop = () => {
    asking?.abort();
    if (timer !== null) clearTimeout(timer);
  };
  const ask = async (id: string) => {
    const mine = new AbortController();
    asking = mine;
    const answer = await fetchSource(id, mine.signal).catch(() => null);
    if (asking !== mine || mine.signal.aborted) return;
    if (answer) detail.value = answer;
    timer = setTimeout(() => void ask(id), EVERY_MS);
  };
  const id = computed(() => (opened.value?.kind === "source" ? opened.value.source.id : null));
  const end = effect(() => {
    const wanted = id.value;
    stop();
    if (untracked(() => detail.value?.id) !== wanted) detail.value = null;
    if (wanted !== null) void ask(wanted);
  });
  return () => {
    end();
    stop();
  };
}

export const switching = signal(false);

export async function switchSource(source: Source, enabled: boolean): Promise<void> {
  switching.value = true;
  try {
    await patchSource(source.id, enabled);
    say({ text: tc(enabled ? "detail.enabled" : "detail.disabled", { title: text(source.title) }) });
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
  } finally {
    switching.value = false;
    refreshSources();
  }
}

export async function copy(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    say({ text: tc("page.copied") });
  } catch {
    // Without HTTPS a browser lends no clipboard; the text can still be selected.
  }
}
