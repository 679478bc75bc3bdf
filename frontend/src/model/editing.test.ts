// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { changesOf, faultOf, localMinute, readNumber, rulesOf, textsOf } from "./editing";
import type { Field, Item } from "./types";

const field = (name: string, type: Field["type"]): Field => ({ name, type, title: { vi: name, en: name } });
const FIELDS = [
  field("name", "string"),
  field("beds", "integer"),
  field("open", "boolean"),
  field("at", "datetime"),
];
const ITEM: Item = {
  type: "Feature",
  id: 1,
  geometry: null,
  properties: { name: "A", beds: 12, open: false, at: "2026-11-22T01:30:00+00:00" },
};

describe("a form", () => {
  it("shows what the item has, times in Vietnam", () => {
    expect(textsOf(FIELDS, ITEM)).toEqual({ name: "A", beds: "12", open: "false", at: "2026-11-22T08:30" });
    expect(localMinute("nonsense")).toBe("");
  });

  it("sends only what was changed, and null for what was emptied", () => {
    const before = textsOf(FIELDS, ITEM);
    expect(changesOf(FIELDS, before, before)).toEqual({});
    const now = { ...before, name: " A ", beds: "", open: "true", at: "2026-11-22T09:00" };
    expect(changesOf(FIELDS, before, now)).toEqual({
      beds: null,
      open: true,
      at: "2026-11-22T09:00:00+07:00",
    });
  });

  it("reads numbers with either decimal sign", () => {
    expect([
      readNumber("1,5"),
      readNumber("1.5"),
      readNumber("-2"),
      readNumber("1.2.3"),
      readNumber(""),
    ]).toEqual([1.5, 1.5, -2, null, null]);
  });

  it("finds faults before the server does", () => {
    const rules = rulesOf({
      properties: { name: {}, beds: { minimum: 0, maximum: 10 } },
      required: ["name"],
    });
    expect(faultOf(field("name", "string"), rules.name, " ")).toEqual({ key: "edit.required" });
    expect(faultOf(field("beds", "integer"), rules.beds, "1,5")).toEqual({ key: "edit.notWhole" });
    expect(faultOf(field("beds", "integer"), rules.beds, "11")).toEqual({
      key: "edit.outOfRange",
      min: 0,
      max: 10,
    });
    expect(faultOf(field("beds", "integer"), rules.beds, "")).toBeNull();
  });
});
