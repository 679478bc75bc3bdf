// SPDX-License-Identifier: Apache-2.0
/** Every address of the server that the page knows, one function each. */

import type { StyleSpecification } from "maplibre-gl";
import type {
  Bbox,
  Catalog,
  HexCells,
  Item,
  Lang,
  Layer,
  Manifest,
  PlaceAnswer,
  Site,
  Theme,
  UnitDetail,
  UnitSet,
} from "../model/types";
import { ApiError, getJson, query } from "./client";

type CollectionsBody = {
  readonly collections: readonly { readonly id: string; readonly toancanh?: Manifest }[];
  readonly toancanh?: Partial<Site>;
  readonly toancanh_demo?: boolean;
};

export async function fetchCatalog(): Promise<Catalog> {
  const body = await getJson<CollectionsBody>("/collections");
  const layers = body.collections
    .flatMap(({ id, toancanh }): Layer[] => (toancanh ? [{ ...toancanh, id }] : []))
    .sort((a, b) => a.order - b.order);
  const site = body.toancanh ?? {};
  return {
    layers,
    site: {
      demo: site.demo ?? body.toancanh_demo ?? false,
      default_set: site.default_set ?? null,
      view: site.view ? toBbox(site.view) : null,
      max_bounds: site.max_bounds ? toBbox(site.max_bounds) : null,
      attribution: site.attribution ?? null,
    },
  };
}

/** The view comes as {"bbox": [...]} or as the bare four numbers. */
function toBbox(value: unknown): Bbox | null {
  const numbers = Array.isArray(value) ? value : (value as { bbox?: unknown }).bbox;
  return Array.isArray(numbers) && numbers.length === 4 && numbers.every(Number.isFinite)
    ? (numbers as unknown as Bbox)
    : null;
}

export async function fetchSets(): Promise<readonly UnitSet[]> {
  return (await getJson<{ sets: readonly UnitSet[] }>("/boundaries/sets")).sets;
}

export function fetchStyle(theme: Theme, lang: Lang, set: string | null): Promise<StyleSpecification> {
  return getJson<StyleSpecification>(`/styles/${theme}.json${query({ lang, set })}`);
}

export function fetchItem(layer: string, id: number): Promise<Item> {
  return getJson<Item>(`/collections/${layer}/items/${id}`);
}

/** Newest first where the server sorts; an older server refuses the parameter, then the latest two weeks do. */
export async function fetchNewest(layer: string, limit: number): Promise<readonly Item[]> {
  type Items = { readonly features: readonly Item[] };
  try {
    return (await getJson<Items>(`/collections/${layer}/items${query({ limit, sortby: "-valid_from" })}`))
      .features;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    const since = new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 19);
    return (await getJson<Items>(`/collections/${layer}/items${query({ limit, datetime: `${since}Z/..` })}`))
      .features;
  }
}

export function fetchUnit(set: string, code: string): Promise<UnitDetail> {
  return getJson<UnitDetail>(`/boundaries/sets/${set}/units/${code}`);
}

export function fetchPlace(lon: number, lat: number): Promise<PlaceAnswer> {
  return getJson<PlaceAnswer>(`/boundaries/at${query({ lon: lon.toFixed(6), lat: lat.toFixed(6) })}`);
}

export function fetchHexCells(layer: string, resolution: number, bbox: Bbox | null): Promise<HexCells> {
  return getJson<HexCells>(`/collections/${layer}/h3${query({ resolution, bbox: bbox?.join(",") })}`);
}

/** Absolute, because MapLibre's worker resolves nothing. */
export function hexTilesUrl(layer: string, resolution: number): string {
  return `${location.origin}/collections/${layer}/h3/tiles/WebMercatorQuad/{z}/{y}/{x}?resolution=${resolution}`;
}

export function liveUrl(
  layers: readonly string[],
  zooms: readonly number[],
  lastEventId: string | null,
): string {
  return `/live${query({
    layers: layers.join(","),
    zoom: zooms.length ? zooms.join(",") : null,
    last_event_id: lastEventId,
  })}`;
}
