// SPDX-License-Identifier: Apache-2.0
/** What was published: the history, its versions, the way back, exports. */

import type { Publication, Version } from "../../model/boundaries/published";
import type { Job } from "../../model/boundaries/types";
import { getJson, query, send } from "../client";

const ROOT = "/boundaries/publications";

export async function fetchPublications(): Promise<readonly Publication[]> {
  return (await getJson<{ readonly publications: readonly Publication[] }>(ROOT)).publications;
}

export async function fetchVersions(): Promise<readonly Version[]> {
  return (await getJson<{ readonly versions: readonly Version[] }>("/boundaries/versions")).versions;
}

export async function rollBack(id: number, confirm: string, reason: string): Promise<Job> {
  const path = `${ROOT}/${id}/rollback`;
  return (await send<{ readonly job: Job }>({ method: "POST", path, body: { confirm, reason } })).body.job;
}

export function publicationReportUrl(id: number, format: "html" | "pdf", lang: string): string {
  return `${ROOT}/${id}/report.${format}${query({ lang })}`;
}

export function unagreedUrl(version: number): string {
  return `/boundaries/versions/${version}/unagreed`;
}

/** GeoJSON, TopoJSON and CSV cannot say their coordinate system: they are WGS 84. */
export const EXPORTS = [
  { format: "geojson", name: "GeoJSON", isVn2000: false },
  { format: "gpkg", name: "GeoPackage", isVn2000: true },
  { format: "shp", name: "Shapefile", isVn2000: true },
  { format: "fgb", name: "FlatGeobuf", isVn2000: true },
  { format: "topojson", name: "TopoJSON", isVn2000: false },
  { format: "csv", name: "CSV", isVn2000: false },
] as const;

export type ExportFormat = (typeof EXPORTS)[number]["format"];

export function exportUrl(version: number, format: ExportFormat, crs: string): string {
  return `/boundaries/versions/${version}/export${query({ f: format, crs })}`;
}

/** Absolute, because MapLibre's worker resolves nothing. */
export function versionTiles(layer: string, version: number): string {
  return `${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt?version=${version}`;
}
