// SPDX-License-Identifier: Apache-2.0
/** The shapes that travel between server and page. Coordinates are (lon, lat) in WGS84 everywhere. */

import type { Feature as GeoFeature, Geometry } from "geojson";
import type { Measure } from "./choropleth";

export type Lang = "vi" | "en";
export type Theme = "dark" | "light";
export type Text = Readonly<Record<Lang, string>>;
/** west, south, east, north in degrees. */
export type Bbox = readonly [number, number, number, number];

export type LegendEntry = {
  readonly value: string | null;
  readonly label: Text;
  readonly color: string;
  readonly icon: string | null;
};

export type Choice = { readonly value: string; readonly label: Text; readonly color?: string | null };

export type FieldType = "string" | "integer" | "number" | "boolean" | "datetime" | "choice";

export type Field = {
  readonly name: string;
  readonly title: Text;
  readonly type: FieldType;
  readonly unit?: string | null;
  readonly choices?: readonly Choice[] | null;
};

export type FreshnessState = "fresh" | "stale" | "silent" | "static";

export type Freshness = {
  readonly expected_every_s: number | null;
  readonly latest: string | null;
  readonly state: FreshnessState;
};

export type Manifest = {
  readonly title: Text;
  readonly description: Text;
  readonly group: { readonly id: string; readonly title: Text };
  readonly order: number;
  readonly icon: string;
  readonly color: string;
  readonly geometry: "Point" | "Polygon" | "Geometry" | "None";
  readonly store: "feature" | "unit" | "indicator";
  readonly time: boolean;
  readonly live: boolean;
  readonly h3: boolean;
  readonly visible: boolean;
  readonly zooms: readonly [number, number];
  readonly count: number;
  readonly unlocated: number;
  readonly unit_only: number;
  readonly freshness: Freshness;
  readonly legend: { readonly field: string | null; readonly entries: readonly LegendEntry[] };
  readonly fields: readonly Field[];
  readonly title_field: string | null;
  readonly attribution: Text | null;
  readonly approximate: boolean;
  readonly tilejson: string;
  /** Only of indicators. */
  readonly measure?: Measure | null;
  /** What the sensors of this layer measure. */
  readonly observed?: readonly {
    readonly name: string;
    readonly title: Text;
    readonly unit: string | null;
  }[];
  /** Whether this reader may change the layer's features. */
  readonly editable?: boolean;
};

export type Layer = Manifest & { readonly id: string };

export type Site = {
  readonly demo: boolean;
  readonly default_set: string | null;
  readonly view: Bbox | null;
  readonly max_bounds: Bbox | null;
  readonly attribution: Text | null;
};

export type Catalog = { readonly layers: readonly Layer[]; readonly site: Site };

export type UnitSet = {
  readonly id: string;
  readonly title: Text;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly units: number;
  readonly approximate: boolean;
  readonly attribution?: Text | string | null;
  readonly bbox: Bbox;
};

export type UnitRef = {
  readonly set: string;
  readonly code: string;
  readonly name: string;
  readonly full_name?: string | null;
  readonly type?: string | null;
  readonly share?: number | null;
};

export type UnitDetail = {
  readonly set: string;
  readonly code: string;
  readonly name: string;
  readonly full_name: string;
  readonly type: string;
  readonly area_km2: number | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly bbox: Bbox;
  readonly predecessors: readonly UnitRef[];
  readonly successors: readonly UnitRef[];
  readonly values: readonly { readonly layer: string; readonly title: Text; readonly value: number }[];
};

export type PlaceAnswer = {
  readonly lon: number;
  readonly lat: number;
  readonly vn2000: { readonly x_north: number; readonly y_east: number; readonly crs: string } | null;
  readonly units: readonly UnitRef[];
};

export type Properties = Readonly<Record<string, unknown>>;

/** An item of a layer; `id` is the numeric identity that tiles carry too; null geometry = unlocated. */
export type Item = Omit<GeoFeature<Geometry | null>, "properties" | "id"> & {
  readonly id: number;
  readonly properties: Properties;
};

export type LayerChange = {
  readonly layer: string;
  readonly upserts: readonly Item[];
  readonly removes: readonly number[];
  /** Features are not listed: the layer is seen anew through its tiles. */
  readonly bulk: boolean;
  /** Exactly the stale tiles as "z/x/y", at the zooms that the stream asked for; missing or null: all of them. */
  readonly tiles?: readonly string[] | null;
};

export type ChangeEvent = { readonly seq: number; readonly changes: readonly LayerChange[] };

export type HexCells = {
  readonly resolution: number;
  readonly total: number;
  readonly cells: readonly { readonly cell: string; readonly value: number }[];
};

/** What the operator has picked: an item of a layer, or a unit of a generation. */
export type Selection =
  | { readonly kind: "item"; readonly layer: string; readonly id: number }
  | { readonly kind: "unit"; readonly set: string; readonly code: string };
