// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { boundariesEn } from "./en";
import { stepWords, translateBoundaries } from "./translate";
import { type BoundariesKey, boundariesVi } from "./vi";

const KEYS = Object.keys(boundariesVi) as BoundariesKey[];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the catalogues of the boundaries workspace", () => {
  it("have the same keys and placeholders", () => {
    expect(Object.keys(boundariesEn).sort()).toEqual([...KEYS].sort());
    for (const key of KEYS)
      expect(placeholders(boundariesEn[key]), key).toEqual(placeholders(boundariesVi[key]));
  });

  it("are composed Unicode and use today's levels and offices", () => {
    for (const key of KEYS) {
      expect(boundariesVi[key], key).toBe(boundariesVi[key].normalize("NFC"));
      expect(boundariesVi[key], key).not.toMatch(/huyện|thị trấn|Sở TT&TT/i);
    }
  });

  it("have words for a step that only a newer server knows", () => {
    expect(stepWords("vi", "comparing")).toBe("So với bản đang công bố");
    expect(stepWords("en", "teleport")).toBe("Working");
    expect(translateBoundaries("vi", "drop.sending", { n: 40 })).toBe("Đang gửi tệp, 40 %");
  });
});
