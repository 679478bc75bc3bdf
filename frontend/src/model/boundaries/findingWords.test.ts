// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { commonWords, localised, particulars } from "./findingWords";
import { findingLike } from "./samples";

describe("what a finding says", () => {
  it("writes numbers as the reader does", () => {
    expect(localised("(11634.2 m2, rộng 0.52 m)", "vi")).toBe("(11.634 m², rộng 0,5 m)");
    expect(localised("(-0.0123 km2, -0.52 %)", "vi")).toBe("(−12.300 m², −0,52 %)");
    expect(localised("2,651 m; mã 05443, bộ 2017", "en")).toBe("2.7 km; mã 05443, bộ 2017");
  });

  it("says the sentence of a kind once", () => {
    expect(commonWords(["Có khe hở. (1.0 m2)", "Có khe hở. (2.0 m2)"])).toBe("Có khe hở.");
    expect(commonWords(["Có khe hở. Còn 3 nữa."])).toBe("Có khe hở.");
    expect(commonWords(["Mã sai", "Tên sai"])).toBe("");
  });

  it("leaves the measure to be written beside", () => {
    const common = { vi: "Có khe hở.", en: "There is a gap." };
    const detail = {
      vi: "Có khe hở. (11634.2 m2, rộng 0.52 m)",
      en: "There is a gap. (11634.2 m2, 0.52 m wide)",
    };
    const gap = findingLike({ detail, measure: 11634.2, measure_unit: "m2" });
    expect(particulars(gap, common, "vi")).toBe("rộng 0,5 m");
    expect(particulars(gap, common, "en")).toBe("0.5 m wide");
    const named = findingLike({ detail: { vi: "Có khe hở. Gia Sàng (05461)", en: "" }, measure: null });
    expect(particulars(named, common, "vi")).toBe("Gia Sàng (05461)");
  });

  it("knows a count that the text says too", () => {
    const detail = { vi: "Điểm lặp. (1900)", en: "Points. (1900)" };
    const repeated = findingLike({ detail, measure: 1900, measure_unit: "count" });
    expect(particulars(repeated, { vi: "Điểm lặp.", en: "Points." }, "vi")).toBe("");
  });
});
