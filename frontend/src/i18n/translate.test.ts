// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { translate, translateOr } from "./translate";
import { type Key, vi } from "./vi";

const KEYS = Object.keys(vi) as Key[];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the catalogues", () => {
  it("have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual([...KEYS].sort());
  });

  it("use the same placeholders", () => {
    for (const key of KEYS) expect(placeholders(en[key]), key).toEqual(placeholders(vi[key]));
  });

  it("are composed Unicode, as fonts and search expect", () => {
    for (const key of KEYS) expect(vi[key], key).toBe(vi[key].normalize("NFC"));
  });

  it("do not use the levels and offices that ended on 1 July 2025", () => {
    for (const key of KEYS) expect(vi[key], key).not.toMatch(/huyện|thị trấn|Sở TT&TT/i);
  });
});

describe("translating", () => {
  it("fills placeholders", () => {
    expect(translate("vi", "feed.new", { n: 3 })).toBe("3 mục mới");
  });

  it("falls back for keys that only a newer server knows", () => {
    expect(translateOr("vi", "method.telepathy", "telepathy")).toBe("telepathy");
  });
});
