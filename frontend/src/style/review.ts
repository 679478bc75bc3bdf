// SPDX-License-Identifier: Apache-2.0
/** The map of the boundaries workspace: one version of the units, and above it what is found and what changes. */

import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from "maplibre-gl";
import type { Bbox } from "../model/types";
import { ownerOf } from "./compose";
import type { ReviewPalette } from "./reviewPalette";

export const CHANGES_SOURCE = "toancanh-changes";
export const FINDINGS_SOURCE = "toancanh-findings";
export const MARKS_SOURCE = "toancanh-finding-marks";
export const UNAGREED_SOURCE = "toancanh-unagreed";
export const FOCUS_SOURCE = "toancanh-focus";

export type UnderlayStyle = {
  readonly id: number;
  readonly tiles: string;
  readonly opacity: number;
  readonly bounds: Bbox | null;
  readonly zooms: readonly [number, number];
};

export type Shapes = GeoJSON.FeatureCollection;

export type ReviewChoice = {
  /** The layer of units, and the tiles of the version that is shown instead of the published one. */
  readonly units: string;
  readonly tiles: string | null;
  /** Another set than the one that the style was made for: what it draws around does not belong here. */
  readonly isForeign: boolean;
  readonly underlays: readonly UnderlayStyle[];
  readonly changes: Shapes | null;
  /** Only this one is drawn; null: all. */
  readonly change: number | null;
  readonly findings: Shapes | null;
  /** One point for each finding, so that a sliver of a metre is seen from afar. */
  readonly marks: Shapes | null;
  readonly unagreed: Shapes | null;
  readonly focus: GeoJSON.Geometry | null;
  readonly palette: ReviewPalette;
};

export function underlayId(id: number): string {
  return `toancanh-underlay-${id}`;
}

export function reviewStyle(base: StyleSpecification, choice: ReviewChoice): StyleSpecification {
  const kept = base.layers.filter((layer) => {
    const owner = ownerOf(layer);
    if (owner !== undefined) return owner === choice.units;
    return layer.type === "background" || !choice.isForeign;
  });
  const layers: LayerSpecification[] = [];
  const labels: LayerSpecification[] = [];
  for (const layer of kept) (layer.type === "symbol" ? labels : layers).push(layer);
  const lastFill = layers.findLastIndex((layer) => layer.type === "fill");
  layers.splice(lastFill + 1, 0, ...choice.underlays.map(underlayLayer));
  layers.push(...changeLayers(choice), ...unagreedLayers(choice.palette));
  layers.push(...findingLayers(choice.palette), ...labels, ...focusLayers(choice.palette));
  return { ...base, sources: sourcesOf(base, kept, choice), layers };
}

function sourcesOf(
  base: StyleSpecification,
  kept: readonly LayerSpecification[],
  choice: ReviewChoice,
): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {};
  for (const layer of kept) {
    const name = "source" in layer ? layer.source : undefined;
    const source = typeof name === "string" ? base.sources[name] : undefined;
    if (typeof name !== "string" || !source) continue;
    const isShown = ownerOf(layer) === choice.units && source.type === "vector" && choice.tiles;
    sources[name] = isShown ? { ...source, tiles: [choice.tiles as string] } : source;
  }
  for (const underlay of choice.underlays) sources[underlayId(underlay.id)] = underlaySource(underlay);
  sources[CHANGES_SOURCE] = collection(choice.changes);
  sources[FINDINGS_SOURCE] = collection(choice.findings);
  sources[MARKS_SOURCE] = collection(choice.marks);
  sources[UNAGREED_SOURCE] = collection(choice.unagreed);
  sources[FOCUS_SOURCE] = collection(
    choice.focus && {
      type: "FeatureCollection",
      features: [{ type: "Feature", geometry: choice.focus, properties: {} }],
    },
  );
  return sources;
}

function collection(data: Shapes | null): SourceSpecification {
  return { type: "geojson", data: data ?? { type: "FeatureCollection", features: [] } };
}

function underlaySource({ tiles, bounds, zooms }: UnderlayStyle): SourceSpecification {
  return {
    type: "raster",
    tiles: [tiles],
    tileSize: 256,
    minzoom: zooms[0],
    maxzoom: zooms[1],
    ...(bounds && { bounds: [...bounds] as [number, number, number, number] }),
  };
}

function underlayLayer({ id, opacity }: UnderlayStyle): LayerSpecification {
  return {
    id: underlayId(id),
    type: "raster",
    source: underlayId(id),
    paint: { "raster-opacity": opacity, "raster-fade-duration": 0 },
  };
}

/**
 * What one unit wins another loses: seen all together, what somebody won lies above what somebody lost, so that red is
 * ground which nobody has any more. With one unit in focus, green and red are its own.
 */
function changeLayers({ palette, change }: ReviewChoice): LayerSpecification[] {
  const only = (part: string): ExpressionSpecification =>
    change === null
      ? ["==", ["get", "part"], part]
      : ["all", ["==", ["get", "part"], part], ["==", ["get", "number"], change]];
  return [...changePart("lost", palette.lost, only("lost")), ...changePart("won", palette.won, only("won"))];
}

function changePart(part: string, color: string, filter: ExpressionSpecification): LayerSpecification[] {
  const shared = { source: CHANGES_SOURCE, filter };
  return [
    {
      ...shared,
      id: `toancanh-changes-${part}`,
      type: "fill",
      paint: { "fill-color": color, "fill-opacity": part === "won" ? 0.7 : 0.55, "fill-antialias": false },
    },
    {
      ...shared,
      id: `toancanh-changes-${part}-line`,
      type: "line",
      layout: { "line-join": "round" },
      paint: { "line-color": color, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 15, 2] },
    },
  ];
}

function unagreedLayers(palette: ReviewPalette): LayerSpecification[] {
  const shared = { type: "line" as const, source: UNAGREED_SOURCE };
  return [
    {
      ...shared,
      id: "toancanh-unagreed-halo",
      paint: { "line-color": palette.halo, "line-width": 5, "line-opacity": 0.7 },
    },
    {
      ...shared,
      id: "toancanh-unagreed",
      paint: { "line-color": palette.unagreed, "line-width": 2.5, "line-dasharray": [2.4, 1.8] },
    },
  ];
}

function severityColor({ severity }: ReviewPalette): ExpressionSpecification {
  return [
    "match",
    ["get", "severity"],
    "reject",
    severity.reject,
    "error",
    severity.error,
    "question",
    severity.question,
    "warning",
    severity.warning,
    severity.info,
  ];
}

function findingLayers(palette: ReviewPalette): LayerSpecification[] {
  const color = severityColor(palette);
  return [
    {
      id: "toancanh-findings-fill",
      type: "fill",
      source: FINDINGS_SOURCE,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": color, "fill-opacity": 0.3, "fill-antialias": false },
    },
    {
      id: "toancanh-findings-line",
      type: "line",
      source: FINDINGS_SOURCE,
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": color, "line-width": 2 },
    },
    {
      id: "toancanh-finding-marks",
      type: "circle",
      source: MARKS_SOURCE,
      paint: {
        "circle-radius": ["match", ["get", "severity"], "info", 4, "warning", 5, 6],
        "circle-color": color,
        "circle-opacity": ["case", ["boolean", ["get", "waived"], false], 0.25, 0.95],
        "circle-stroke-color": palette.halo,
        "circle-stroke-width": 1.5,
      },
    },
  ];
}

function focusLayers(palette: ReviewPalette): LayerSpecification[] {
  const line = { type: "line" as const, source: FOCUS_SOURCE };
  return [
    {
      ...line,
      id: "toancanh-focus-halo",
      paint: { "line-color": palette.halo, "line-width": 7, "line-opacity": 0.6 },
    },
    { ...line, id: "toancanh-focus-line", paint: { "line-color": palette.focus, "line-width": 2.5 } },
    {
      id: "toancanh-focus-point",
      type: "circle",
      source: FOCUS_SOURCE,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 13,
        "circle-color": "transparent",
        "circle-stroke-color": palette.focus,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}
