// SPDX-License-Identifier: Apache-2.0
/** Values by unit, and how they went. */

import type { SeriesPoint, UnitValues } from "../model/choropleth";
import { getJson, query } from "./client";

export function fetchUnitValues(layer: string, set: string, period: string | null): Promise<UnitValues> {
  return getJson<UnitValues>(`/collections/${layer}/units${query({ set, period })}`);
}

export async function fetchSeries(layer: string, set: string, unit: string): Promise<readonly SeriesPoint[]> {
  type Body = { readonly values: readonly SeriesPoint[] };
  return (await getJson<Body>(`/collections/${layer}/series${query({ set, unit })}`)).values;
}

export type Reading = { readonly time: string; readonly mean: number | null };

/** Hours of good readings. */
export async function fetchHours(
  layer: string,
  item: number,
  property: string,
  since: string,
): Promise<readonly Reading[]> {
  type Body = { readonly values: readonly Reading[] };
  const asked = query({ property, every: "hour", datetime: `${since}/..`, limit: 200 });
  return (await getJson<Body>(`/collections/${layer}/items/${item}/observations${asked}`)).values;
}
