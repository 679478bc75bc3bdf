// SPDX-License-Identifier: Apache-2.0
/** A small drawing of shapes: an SVG path in a box, north up, with the narrowing of longitudes. */

import type { Geometry, Position } from "geojson";
import { geometryBbox } from "../item";
import type { Bbox } from "../types";

export type Frame = { readonly width: number; readonly height: number; readonly margin: number };

/** The box that is drawn: room for everything, and something around it. */
export function framed(boxes: readonly (Bbox | null)[]): Bbox | null {
  const known = boxes.filter((box): box is Bbox => box !== null);
  if (known.length === 0) return null;
  return [
    Math.min(...known.map((box) => box[0])),
    Math.min(...known.map((box) => box[1])),
    Math.max(...known.map((box) => box[2])),
    Math.max(...known.map((box) => box[3])),
  ];
}

export function svgPath(geometry: Geometry | null, box: Bbox, frame: Frame): string {
  if (!geometry) return "";
  const at = projection(box, frame);
  return ringsOf(geometry)
    .filter((ring) => ring.length > 1)
    .map((ring) => `M${ring.map((point) => at(point)).join("L")}Z`)
    .join("");
}

function projection([west, south, east, north]: Bbox, { width, height, margin }: Frame) {
  const narrowing = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * narrowing, 1e-9);
  const tall = Math.max(north - south, 1e-9);
  const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall);
  const left = (width - wide * scale) / 2;
  const top = (height - tall * scale) / 2;
  return ([lon = 0, lat = 0]: Position): string =>
    `${(left + (lon - west) * narrowing * scale).toFixed(1)} ${(top + (north - lat) * scale).toFixed(1)}`;
}

function ringsOf(geometry: Geometry): readonly (readonly Position[])[] {
  switch (geometry.type) {
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    case "GeometryCollection":
      return geometry.geometries.flatMap(ringsOf);
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
      return geometry.coordinates;
    case "Point":
    case "MultiPoint":
      return [];
  }
}

export function previewBox(geometry: Geometry | null): Bbox | null {
  const box = geometryBbox(geometry);
  return box?.every(Number.isFinite) ? box : null;
}
