// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { sampleSource, sampleSystem } from "./samples";
import { alarmOf, filterCounts, filterRows, isTroubled, systemRows, troubleRank } from "./trouble";

const LIST = {
  systems: [sampleSystem("a", ["a1", "a2"]), sampleSystem("b", []), sampleSystem("c", ["c1"])],
  sources: [
    sampleSource("a1", "a", { state: "ok" }),
    sampleSource("a2", "a", { state: "waiting" }),
    sampleSource("c1", "c", { state: "silent", title: { vi: "Đồng hồ nước", en: "Water meters" } }),
  ],
};

describe("what needs a person first", () => {
  it("is what fails, then what is silent, then what is refused, then what is well", () => {
    const ranks = [
      sampleSource("1", "a", { state: "failing" }),
      sampleSource("2", "a", { state: "silent" }),
      sampleSource("3", "a", { state: "ok", dead_letters: 1 }),
      sampleSource("4", "a", { state: "waiting" }),
      sampleSource("5", "a", { state: "ok" }),
      sampleSource("6", "a", { state: "off" }),
    ].map(troubleRank);
    expect(ranks).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is no source that somebody switched off, until it left dead letters", () => {
    expect(isTroubled(sampleSource("1", "a", { state: "off" }))).toBe(false);
    expect(isTroubled(sampleSource("1", "a", { state: "off", dead_letters: 2 }))).toBe(true);
  });

  it("orders the systems, with those that nobody connected at the end", () => {
    expect(systemRows(LIST).map(({ system }) => system.id)).toEqual(["c", "a", "b"]);
    expect(systemRows(LIST)[1]?.sources.map(({ id }) => id)).toEqual(["a2", "a1"]);
  });
});

describe("filtering", () => {
  const rows = systemRows(LIST);
  const ids = (shown: typeof rows) =>
    shown.flatMap(({ system, sources }) => [system.id, ...sources.map(({ id }) => id)]);

  it("keeps what is asked for", () => {
    expect(ids(filterRows(rows, "trouble", ""))).toEqual(["c", "c1"]);
    expect(ids(filterRows(rows, "well", ""))).toEqual(["a", "a2", "a1"]);
    expect(ids(filterRows(rows, "unconnected", ""))).toEqual(["b"]);
    expect(filterCounts(rows)).toEqual({ all: 3, trouble: 1, well: 2, unconnected: 1 });
  });

  it("finds without accents, by any of the names", () => {
    expect(ids(filterRows(rows, "all", "dong ho"))).toEqual(["c", "c1"]);
    expect(ids(filterRows(rows, "all", "WATER"))).toEqual(["c", "c1"]);
    expect(ids(filterRows(rows, "all", "nothing"))).toEqual([]);
  });
});

describe("the door's alarm", () => {
  it("counts sources, not their letters", () => {
    const sources = [...LIST.sources, sampleSource("d", "a", { state: "ok", dead_letters: 40 })];
    expect(alarmOf(sources)).toEqual({ failing: 0, silent: 1, deadLetters: 40, count: 2 });
  });
});
