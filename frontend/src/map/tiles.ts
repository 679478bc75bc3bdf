// SPDX-License-Identifier: Apache-2.0
/**
 * The tiles that a source holds. MapLibre keeps this to itself (`tileManagers` of its style), and offers no other way
 * to learn which tiles are loaded or to drop those that it keeps out of view: whoever raises its version runs
 * tests/e2e/test_live_map.py.
 */

import type { Map as MapLibreMap } from "maplibre-gl";
import type { TileId } from "../live/touched";

type Held = MapLibreMap["style"]["tileManagers"][string]["_inViewTiles"] extends {
  getAllTiles(): (infer T)[];
}
  ? T
  : never;

/** Where the tile is, and how it is doing. */
export type HeldTile = { readonly at: TileId; readonly tile: Held };

function managerOf(map: MapLibreMap, source: string) {
  // Before the first style there is none.
  return (map.style as MapLibreMap["style"] | undefined)?.tileManagers[source];
}

/** Everything in view, loaded or on its way. */
export function heldTiles(map: MapLibreMap, source: string): HeldTile[] {
  const tiles = managerOf(map, source)?._inViewTiles.getAllTiles() ?? [];
  return tiles.map((tile) => ({ at: tile.tileID.canonical, tile }));
}

/** Its refresh came to an end, well or badly, or it is not wanted any more. */
export function isSettled({ tile }: HeldTile): boolean {
  return tile.state === "loaded" || tile.state === "errored" || tile.state === "unloaded";
}

export function isErrored({ tile }: HeldTile): boolean {
  return tile.state === "errored";
}

/** What was asked for before and has not come yet cannot be refreshed. */
export function isLoading({ tile }: HeldTile): boolean {
  return tile.state === "loading";
}

/** Panning back would show what was kept, so what is stale is not kept. */
export function dropKept(map: MapLibreMap, source: string, isStale: (tile: TileId) => boolean): void {
  managerOf(map, source)?._outOfViewCache.filter((tile) => !isStale(tile.tileID.canonical));
}

/** MapLibre keeps an empty record of every feature whose state was ever set; a wall runs for months. */
export function sweepStates(map: MapLibreMap, source: string): void {
  for (const byId of Object.values(managerOf(map, source)?.getState().state ?? {})) {
    for (const id of Object.keys(byId)) if (Object.keys(byId[id] ?? {}).length === 0) delete byId[id];
  }
}
