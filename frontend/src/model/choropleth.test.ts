// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  classLabels,
  classOf,
  classSizes,
  csvText,
  quantileClasses,
  readPeriod,
  sortUnits,
  type UnitValue,
  withinArea,
} from "./choropleth";

const unit = (code: string, name: string, value: number | null): UnitValue => ({
  set: "s",
  code,
  name,
  type: "Xã",
  value,
});

describe("classes", () => {
  it("hold as many units each, zeros and missing ones apart", () => {
    const values = [0, null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const classes = quantileClasses(values);
    expect(classes).toEqual({ zero: true, from: [1, 3, 5, 7, 9], most: 10 });
    const sizes = classSizes(
      classes,
      values.map((value, nth) => unit(String(nth), "x", value)),
    );
    expect([...sizes.entries()].sort()).toEqual(
      [
        [-1, 1],
        [0, 2],
        [1, 2],
        [2, 2],
        [3, 2],
        [4, 2],
        [null, 1],
      ].sort(),
    );
  });

  it("never part equal values", () => {
    const classes = quantileClasses([5, 5, 5, 5, 9]);
    expect(classes.from).toEqual([5, 9]);
    expect(classOf(classes, 5)).toBe(0);
    expect(classOf(classes, null)).toBeNull();
  });

  it("say their numbers without gaps", () => {
    expect(classLabels({ zero: false, from: [1, 5, 12], most: 30 }, true, String)).toEqual([
      "1–4",
      "5–11",
      "12–30",
    ]);
    expect(classLabels({ zero: false, from: [0.5, 2], most: 2 }, false, String)).toEqual(["0.5 – < 2", "2"]);
  });

  it("are none where nothing is known", () => {
    const classes = quantileClasses([null, null]);
    expect(classes).toEqual({ zero: false, from: [], most: 0 });
    expect(classLabels(classes, true, String)).toEqual([]);
  });
});

describe("the table", () => {
  it("sorts in Vietnamese and keeps what is missing last", () => {
    const units = [unit("2", "Ân Thi", null), unit("1", "Đồng Hỷ", 3), unit("3", "Dân Tiến", 7)];
    const names = (column: "name" | "value", descending: boolean) =>
      sortUnits(units, { column, descending }, "vi").map(({ name }) => name);
    expect(names("value", true)).toEqual(["Dân Tiến", "Đồng Hỷ", "Ân Thi"]);
    expect(names("value", false)).toEqual(["Đồng Hỷ", "Dân Tiến", "Ân Thi"]);
    expect(names("name", false)).toEqual(["Ân Thi", "Dân Tiến", "Đồng Hỷ"]);
  });

  it("becomes a file that a spreadsheet reads and does not execute", () => {
    expect(csvText([["=1+1", 'a "b", c', null, 0]])).toBe('\uFEFF\'=1+1,"a ""b"", c",,0\r\n');
  });

  it("takes zeros outside a reader's area for unknown", () => {
    const values = { layer: "x", set: "s", total: 1, units: [unit("1", "a", 0), unit("2", "b", 0)] };
    expect(withinArea(values, ["s/1"]).units.map(({ value }) => value)).toEqual([0, null]);
    expect(withinArea(values, null)).toBe(values);
  });
});

describe("periods", () => {
  it("are read in every spelling", () => {
    expect(readPeriod("2025")).toEqual({ kind: "year", year: "2025", n: "" });
    expect(readPeriod("2025-Q2")).toEqual({ kind: "quarter", year: "2025", n: "II" });
    expect(readPeriod("2025-06")).toEqual({ kind: "month", year: "2025", n: "6" });
    expect(readPeriod("2024-07-01/2025-07-01")).toEqual({
      kind: "range",
      from: "2024-07-01",
      to: "2025-06-30",
    });
    expect(readPeriod("soon")).toBeNull();
  });
});
