// SPDX-License-Identifier: Apache-2.0
/** Which tiles a map at some zoom asks for. */

import type { StyleSpecification } from "maplibre-gl";
import type { Layer } from "../model/types";
import { ownerOf } from "./compose";

/** MapLibre takes the tiles of the whole zoom below, within what the source has. */
export function zoomsOfTiles(
  style: StyleSpecification | null,
  zoom: number | undefined,
  layers: readonly Layer[],
): readonly number[] {
  if (!style || zoom === undefined) return [];
  const live = new Set(layers.filter((layer) => layer.live).map((layer) => layer.id));
  const zooms = new Set<number>();
  for (const layer of style.layers) {
    const source = "source" in layer ? style.sources[layer.source as string] : undefined;
    if (source?.type !== "vector" || !live.has(ownerOf(layer) ?? "")) continue;
    const wanted = Math.floor(zoom);
    if (wanted >= (source.minzoom ?? 0)) zooms.add(Math.min(wanted, source.maxzoom ?? 22));
  }
  return [...zooms].sort((a, b) => a - b);
}
