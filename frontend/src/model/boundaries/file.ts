// SPDX-License-Identifier: Apache-2.0
/** Files before they are sent, and what their names become. */

export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;
export const MAX_PDF_BYTES = 50 * 1024 * 1024;

const KINDS = [
  "zip",
  "7z",
  "rar",
  "gpkg",
  "geojson",
  "geojsonl",
  "geojsons",
  "ndjson",
  "json",
  "fgb",
  "kml",
  "kmz",
  "gml",
  "xml",
  "tab",
  "mif",
  "dgn",
  "dxf",
  "csv",
  "wkt",
] as const;

/** For the file dialog; the server decides by the bytes. */
export const ACCEPTED = KINDS.map((kind) => `.${kind}`).join(",");

export type FileProblem = "empty" | "tooLarge" | "kind";

export function uploadProblem(file: { readonly name: string; readonly size: number }): FileProblem | null {
  if (file.size === 0) return "empty";
  if (file.size > MAX_UPLOAD_BYTES) return "tooLarge";
  // A part of a shapefile alone is a mistake that the server would explain only after the upload.
  return /\.(shp|shx|dbf|prj|cpg)$/i.test(file.name) ? "kind" : null;
}

export function pdfProblem(file: { readonly name: string; readonly size: number }): FileProblem | null {
  if (file.size === 0) return "empty";
  if (file.size > MAX_PDF_BYTES) return "tooLarge";
  return /\.pdf$/i.test(file.name) ? null : "kind";
}

export function rasterProblem(file: { readonly name: string; readonly size: number }): FileProblem | null {
  if (file.size === 0) return "empty";
  return /\.tiff?$/i.test(file.name) ? null : "kind";
}
