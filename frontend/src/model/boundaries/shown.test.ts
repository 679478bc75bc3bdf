// SPDX-License-Identifier: Apache-2.0
/** What is shown of measures, files and shapes. */
import { describe, expect, it } from "vitest";
import { MAX_UPLOAD_BYTES, pdfProblem, rasterProblem, uploadProblem } from "./file";
import { formatArea, formatAreaChange, formatBytes, formatLength } from "./measure";
import { framed, previewBox, svgPath } from "./preview";

describe("measures", () => {
  it("are written in the unit that a person reads them in", () => {
    expect(formatArea(0.3, "vi")).toBe("< 1 m²");
    expect(formatArea(1234, "vi")).toBe("1.234 m²");
    expect(formatArea(400_000, "vi")).toBe("0,4 km²");
    expect(formatArea(222_930_000, "en")).toBe("222.93 km²");
    expect(formatLength(224, "vi")).toBe("224 m");
    expect(formatLength(25_889, "vi")).toBe("25,9 km");
    expect(formatBytes(20_446, "vi")).toBe("20 kB");
  });

  it("carry their sign where they are a change", () => {
    expect(formatAreaChange(1234, "vi")).toBe("+1.234 m²");
    expect(formatAreaChange(-1234, "vi")).toBe("−1.234 m²");
    expect(formatAreaChange(0, "vi")).toBe("0 m²");
  });
});

describe("files before they are sent", () => {
  it("are refused where the server could only refuse them later", () => {
    expect(uploadProblem({ name: "ranh.zip", size: 10 })).toBeNull();
    expect(uploadProblem({ name: "ranh.zip", size: 0 })).toBe("empty");
    expect(uploadProblem({ name: "ranh.zip", size: MAX_UPLOAD_BYTES + 1 })).toBe("tooLarge");
    expect(uploadProblem({ name: "ranh.SHP", size: 10 })).toBe("kind");
    expect(pdfProblem({ name: "nq.docx", size: 10 })).toBe("kind");
    expect(rasterProblem({ name: "nen.TIFF", size: 10 })).toBeNull();
  });
});

describe("a small drawing of shapes", () => {
  const frame = { width: 100, height: 100, margin: 0 };
  const shape: GeoJSON.Polygon = {
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ],
  };

  it("has north above and fits its frame", () => {
    expect(svgPath(shape, [0, 0, 1, 1], frame)).toBe("M0.0 100.0L100.0 100.0L100.0 0.0L0.0 0.0L0.0 100.0Z");
  });

  it("narrows degrees of longitude away from the equator", () => {
    const north: GeoJSON.Polygon = {
      type: "Polygon",
      coordinates: [
        [
          [0, 59.5],
          [1, 59.5],
          [1, 60.5],
          [0, 60.5],
          [0, 59.5],
        ],
      ],
    };
    expect(svgPath(north, [0, 59.5, 1, 60.5], frame).startsWith("M25.0 100.0L75.0 100.0")).toBe(true);
  });

  it("shows both the shapes and their place when these lie apart", () => {
    expect(framed([previewBox(shape), [105, 21, 106, 22], null])).toEqual([0, 0, 106, 22]);
    expect(framed([null])).toBeNull();
    expect(svgPath(null, [0, 0, 1, 1], frame)).toBe("");
  });
});
