// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { CONNECTED, type ConnectedKey, doorWords, translateConnected } from "./translate";

const { vi, en } = CONNECTED;
const KEYS = Object.keys(vi) as ConnectedKey[];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the catalogues of the page of sources", () => {
  it("have the same keys and placeholders", () => {
    expect(Object.keys(en).sort()).toEqual([...KEYS].sort());
    for (const key of KEYS) expect(placeholders(en[key]), key).toEqual(placeholders(vi[key]));
  });

  it("are composed Unicode and use today's levels and offices", () => {
    for (const key of KEYS) {
      expect(vi[key], key).toBe(vi[key].normalize("NFC"));
      expect(vi[key], key).not.toMatch(/huyện|thị trấn|Sở TT&TT/i);
    }
  });

  it("have words for a door that only a newer server knows", () => {
    expect(doorWords("vi", "folder")).toBe("thư mục thả tệp");
    expect(doorWords("en", "carrier-pigeon")).toBe("carrier-pigeon");
    expect(translateConnected("vi", "letters.times", { n: 3 })).toBe("3 lần");
  });
});
