// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { borderPairs, changeRows, groupFindings, isWaivable, matches, showsChange } from "./review";
import { changeLike, findingLike } from "./samples";
import type { ChangePart, Drawn } from "./types";

function square(west: number): GeoJSON.Polygon {
  const east = west + 1;
  return {
    type: "Polygon",
    coordinates: [
      [
        [west, 0],
        [east, 0],
        [east, 1],
        [west, 1],
        [west, 0],
      ],
    ],
  };
}

function drawn(...parts: readonly [ChangePart, GeoJSON.Geometry | null][]): Drawn<ChangePart> {
  return {
    type: "FeatureCollection",
    features: parts.map(([properties, geometry]) => ({ type: "Feature", geometry, properties })),
  };
}

describe("findings", () => {
  it("stand in groups of one code, the worst first", () => {
    const found = [
      { finding: findingLike({ number: 1, severity: "info", code: "ENC_NOT_NFC" }), geometry: null },
      { finding: findingLike({ number: 2 }), geometry: null },
      { finding: findingLike({ number: 3, severity: "warning", code: "TOPO_SLIVER_GAP" }), geometry: null },
      { finding: findingLike({ number: 4 }), geometry: null },
    ];
    expect(groupFindings(found).map(({ code, members }) => [code, members.length])).toEqual([
      ["TOPO_OVERLAP", 2],
      ["TOPO_SLIVER_GAP", 1],
      ["ENC_NOT_NFC", 1],
    ]);
  });

  it("can be waived where they are about ground, never where the file is refused", () => {
    expect(isWaivable(findingLike({}))).toBe(true);
    expect(isWaivable(findingLike({ code: "FILE_CORRUPT" }))).toBe(false);
    expect(isWaivable(findingLike({ severity: "reject" }))).toBe(false);
    expect(isWaivable(findingLike({ code: "CODE_NULL", waivable: true }))).toBe(true);
  });

  it("are filtered by severity or by whether they block", () => {
    expect(matches(findingLike({ blocking: false }), "blocking")).toBe(false);
    expect(matches(findingLike({}), "error")).toBe(true);
    expect(matches(findingLike({}), "all")).toBe(true);
  });
});

describe("changes", () => {
  it("are one row each, whatever parts they are drawn in", () => {
    const small = changeLike({ number: 1, won_m2: 1 });
    const large = changeLike({ number: 2, won_m2: 500, lost_m2: 20 });
    const rows = changeRows(
      drawn(
        [{ ...small, part: "won" }, square(0)],
        [{ ...large, part: "won" }, square(2)],
        [{ ...large, part: "lost" }, square(5)],
      ),
    );
    expect(rows.map(({ change }) => change.number)).toEqual([2, 1]);
    expect(rows[0]?.bbox).toEqual([2, 0, 6, 1]);
  });

  it("have a row without a place when only a name changed", () => {
    const renamed = changeLike({ kinds: ["renamed"], won_m2: 0 });
    expect(changeRows(drawn([renamed, null]))).toEqual([{ change: renamed, bbox: null }]);
  });

  it("are filtered by kind and by neighbourhood", () => {
    expect(showsChange(changeLike({}), "reshaped")).toBe(true);
    expect(showsChange(changeLike({}), "added")).toBe(false);
    expect(showsChange(changeLike({ is_neighbour: true }), "neighbours")).toBe(true);
  });

  it("propose the pairs whose redrawn ground touches", () => {
    const rows = changeRows(
      drawn(
        [changeLike({ number: 1, code_after: "1" }), square(0)],
        [changeLike({ number: 2, code_after: "2" }), square(1)],
        [changeLike({ number: 3, code_after: "3" }), square(9)],
      ),
    );
    expect(borderPairs(rows).map(([a, b]) => [a.code_after, b.code_after])).toEqual([["1", "2"]]);
  });
});
