// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  AUTOMATIC,
  answered,
  asFields,
  checkKey,
  firstTab,
  isMoving,
  mapping,
  obstacles,
  withPair,
} from "./draft";
import { draftLike, jobLike, summaryLike } from "./samples";

describe("what a draft needs next", () => {
  it("asks again only while something moves", () => {
    expect(isMoving(draftLike({ job: jobLike({ state: "running" }) }))).toBe(true);
    expect(isMoving(draftLike({ job: jobLike({ state: "queued" }) }))).toBe(true);
    expect(isMoving(draftLike({ job: jobLike({ state: "failed" }) }))).toBe(false);
    expect(isMoving(draftLike({ state: "publishing", job: null }))).toBe(true);
  });

  it("leads to an open question first, then to what blocks, then to the changes", () => {
    const question = { kind: "crs", is_open: true, choices: [], guess: {} } as const;
    expect(firstTab(draftLike({ questions: [question] }))).toBe("questions");
    expect(firstTab(draftLike({ summary: summaryLike({ blocking: 2 }) }))).toBe("findings");
    expect(firstTab(draftLike({}))).toBe("changes");
    expect(firstTab(draftLike({ state: "refused", summary: null }))).toBe("findings");
  });

  it("reads results anew when another check is done", () => {
    expect(checkKey(draftLike({ checked_revision: 3 }))).not.toBe(
      checkKey(draftLike({ checked_revision: 4 })),
    );
  });
});

describe("what stands between a draft and its publication", () => {
  it("is nothing for a checked draft of somebody who may", () => {
    expect(obstacles(draftLike({}))).toEqual([]);
  });

  it("is a check that is older than the inputs", () => {
    expect(obstacles(draftLike({ revision: 4, checked_revision: 3 }))).toEqual(["unchecked"]);
  });

  it("is the legal basis, where another set comes into force", () => {
    const target = { ...draftLike({}).target, set: "city-2025" };
    expect(obstacles(draftLike({ target }))).toEqual(["legal"]);
  });

  it("is the approval, not the right that hangs on it", () => {
    const approval = { ...draftLike({}).approval, required: true };
    expect(obstacles(draftLike({ approval, may: ["change"] }))).toEqual(["approval"]);
  });

  it("is a base that moved on meanwhile", () => {
    const base = draftLike({}).base;
    expect(obstacles(draftLike({ base: base && { ...base, moved: true } }))).toEqual(["moved"]);
  });

  it("is the file itself when it was refused", () => {
    expect(obstacles(draftLike({ state: "refused", version: null }))[0]).toBe("refused");
  });

  it("names the right alone when nothing else is missing", () => {
    expect(obstacles(draftLike({ may: [] }))).toEqual(["rights"]);
  });
});

describe("answers", () => {
  it("keep what was answered before", () => {
    const draft = draftLike({ answers: { encoding: "tcvn3" } });
    expect(answered(draft, "crs", { crs: "EPSG:9213" })).toEqual({
      encoding: "tcvn3",
      crs: "EPSG:9213",
      swap_axes: false,
    });
  });

  it("show the guess until somebody says otherwise", () => {
    const question = {
      kind: "fields",
      is_open: false,
      choices: [],
      guess: { code: "MA", name: "TEN" },
    } as const;
    const draft = draftLike({ questions: [question], answers: { fields: { name: "TEN_XA" } } });
    const chosen = mapping(draft);
    expect(chosen).toEqual({ code: "MA", name: "TEN_XA", type: AUTOMATIC, parent: AUTOMATIC });
    expect(asFields(chosen)).toEqual({ code: "MA", name: "TEN_XA" });
  });
});

describe("pairs of units with a disputed border", () => {
  it("are the same in either order", () => {
    const once = withPair([], "05467", "05443");
    expect(once).toEqual([["05443", "05467"]]);
    expect(withPair(once, "05443", "05467")).toEqual([]);
    expect(withPair(once, "05467", "05443")).toEqual([]);
  });
});
