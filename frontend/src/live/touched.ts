// SPDX-License-Identifier: Apache-2.0
/** Which tiles a change makes stale, in tile arithmetic alone. */

export type TileId = { readonly z: number; readonly x: number; readonly y: number };

/** What tiles show beyond their own square, as a share of its side; the server's margin. */
const MARGIN = 65 / 4096;

export function parseTile(name: string): TileId | null {
  const [z, x, y, more] = name.split("/").map(Number);
  if (z === undefined || x === undefined || y === undefined || more !== undefined) return null;
  return [z, x, y].every(Number.isInteger) ? { z, x, y } : null;
}

/**
 * The names that say best where it happened: those of the zoom that is shown, otherwise of the nearest ground.
 * Every zoom of a frame covers all its changes, so one zoom is enough.
 */
export function preciseTiles(
  names: readonly string[] | null | undefined,
  shown: readonly number[],
): readonly string[] | null {
  if (!names) return null;
  const byZoom = new Map<number, string[]>();
  for (const name of names) {
    const tile = parseTile(name);
    if (!tile) return null;
    const same = byZoom.get(tile.z);
    if (same) same.push(name);
    else byZoom.set(tile.z, [name]);
  }
  if (shown.length > 0 && shown.every((zoom) => byZoom.has(zoom))) {
    return shown.flatMap((zoom) => byZoom.get(zoom) ?? []);
  }
  return byZoom.get(Math.max(...byZoom.keys())) ?? [];
}

/** Whether something that touched one tile may show in another: exact within a zoom, generous between zooms. */
export function touches(touched: TileId, other: TileId): boolean {
  if (touched.z === other.z) return touched.x === other.x && touched.y === other.y;
  const side = 2 ** (other.z - touched.z);
  const meets = (from: number, at: number) =>
    from * side - MARGIN < at + 1 && (from + 1) * side + MARGIN > at;
  return meets(touched.x, other.x) && meets(touched.y, other.y);
}
