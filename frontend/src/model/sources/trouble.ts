// SPDX-License-Identifier: Apache-2.0
/** What needs a person first: the order of the page, its filters, and the badge of its door. Pure. */

import type { Source, SourceList, SourceState, System } from "./types";

const STATE_RANK: Readonly<Record<SourceState, number>> = {
  failing: 0,
  silent: 1,
  ok: 4,
  waiting: 3,
  off: 5,
};

/** 0 is the worst. What is read but partly refused stands between what is silent and what is well. */
export function troubleRank(source: Source): number {
  const rank = STATE_RANK[source.state];
  return rank > 2 && source.dead_letters > 0 ? 2 : rank;
}

export function isTroubled(source: Source): boolean {
  return troubleRank(source) <= 2;
}

export type SystemRow = {
  readonly system: System;
  readonly sources: readonly Source[];
};

/** Worst first, then as the design lists them; systems without a source come last. */
export function systemRows({ sources, systems }: SourceList): readonly SystemRow[] {
  const rows = systems.map((system) => ({
    system,
    sources: sources
      .filter((source) => source.system === system.id)
      .sort((a, b) => troubleRank(a) - troubleRank(b) || b.dead_letters - a.dead_letters),
  }));
  const rank = (row: SystemRow) => (row.sources[0] ? troubleRank(row.sources[0]) : 9);
  return rows.sort((a, b) => rank(a) - rank(b));
}

export const FILTERS = ["all", "trouble", "well", "unconnected"] as const;
export type SourceFilter = (typeof FILTERS)[number];

/** Without accents and case: whoever looks for something types fast. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .replaceAll("đ", "d")
    .replaceAll("Đ", "d")
    .toLowerCase();
}

function passes(source: Source, filter: SourceFilter): boolean {
  if (filter === "unconnected") return false;
  return filter === "all" || isTroubled(source) === (filter === "trouble");
}

function says(texts: readonly string[], words: readonly string[]): boolean {
  const all = plain(texts.join(" "));
  return words.every((word) => all.includes(word));
}

/** A word that names the system keeps all of its sources. */
export function filterRows(
  rows: readonly SystemRow[],
  filter: SourceFilter,
  search: string,
): readonly SystemRow[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return rows.flatMap(({ system, sources }) => {
    const names = [system.id, system.title.vi, system.title.en];
    const whole = says(names, words);
    if (sources.length === 0)
      return whole && (filter === "all" || filter === "unconnected") ? [{ system, sources }] : [];
    const kept = sources.filter(
      (source) =>
        passes(source, filter) &&
        (whole || says([...names, source.id, source.title.vi, source.title.en, source.connector], words)),
    );
    return kept.length ? [{ system, sources: kept }] : [];
  });
}

export function filterCounts(rows: readonly SystemRow[]): Readonly<Record<SourceFilter, number>> {
  const sources = rows.flatMap((row) => row.sources);
  const trouble = sources.filter(isTroubled).length;
  const unconnected = rows.filter((row) => row.sources.length === 0).length;
  return { all: sources.length, trouble, well: sources.length - trouble, unconnected };
}

export type Alarm = {
  readonly failing: number;
  readonly silent: number;
  readonly deadLetters: number;
  /** How many sources need a person. */
  readonly count: number;
};

export function alarmOf(sources: readonly Source[]): Alarm {
  return {
    failing: sources.filter(({ state }) => state === "failing").length,
    silent: sources.filter(({ state }) => state === "silent").length,
    deadLetters: sources.reduce((sum, source) => sum + source.dead_letters, 0),
    count: sources.filter(isTroubled).length,
  };
}
