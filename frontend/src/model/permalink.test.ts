// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { decodePermalink, encodePermalink, type Permalink } from "./permalink";

const FULL: Permalink = {
  view: { zoom: 12.25, lat: 21.59123, lon: 105.84001, bearing: 15 },
  layers: ["a", "b_c"],
  set: "city-2017",
  lang: "en",
  theme: "light",
  selection: { kind: "unit", set: "city-2017", code: "05443" },
  hex: "a",
};

describe("the permalink", () => {
  it("comes back as it went in", () => {
    expect(decodePermalink(encodePermalink(FULL))).toEqual(FULL);
    const item: Permalink = { ...FULL, selection: { kind: "item", layer: "a", id: 9007199254740991 } };
    expect(decodePermalink(encodePermalink(item))).toEqual(item);
  });

  it("keeps the difference between no layers and layers not said", () => {
    expect(decodePermalink(encodePermalink({ layers: [] })).layers).toEqual([]);
    expect(decodePermalink("").layers).toBeUndefined();
  });

  it("leaves out what is malformed and keeps the rest", () => {
    const link = decodePermalink("#map=abc/1&set=<script>&lang=fr&theme=light&sel=item/a/x&hex=a");
    expect(link).toEqual({ theme: "light", hex: "a" });
  });

  it("survives a broken percent sign", () => {
    expect(decodePermalink("#set=%E0%A4%A&lang=vi")).toEqual({ lang: "vi" });
  });
});
