// SPDX-License-Identifier: Apache-2.0
/** Brings stale tiles up to date, each source at most once per interval, and tells when they are in. */

import type { Map as MapLibreMap, MapSourceDataEvent } from "maplibre-gl";

export type Refresher = {
  readonly mark: (source: string) => void;
  /** While the server is away a refresh would only turn good tiles into failed ones. */
  readonly hold: (held: boolean) => void;
  readonly stop: () => void;
};

const INTERVAL_MS = 1_500;
/** A change can overtake the tile's eviction by a moment; younger entries stay one more round. */
export const SETTLE_MS = 1_000;

export function createRefresher(
  map: MapLibreMap,
  onFresh: (source: string, before: number) => void,
): Refresher {
  const dirty = new Set<string>();
  const underway = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let held = false;

  function run(): void {
    timer = null;
    if (held) return;
    for (const source of [...dirty]) {
      // A refresh that has not ended is waited for: restarting it for ever would never end.
      if (underway.has(source) || !map.getSource(source)) continue;
      dirty.delete(source);
      underway.set(source, Date.now());
      map.refreshTiles(source);
      if (map.isSourceLoaded(source)) finish(source);
    }
    if (dirty.size) schedule();
  }

  function finish(source: string): void {
    const since = underway.get(source);
    if (since === undefined) return;
    underway.delete(source);
    onFresh(source, since - SETTLE_MS);
  }

  function schedule(): void {
    timer ??= setTimeout(run, INTERVAL_MS);
  }

  function onData(event: MapSourceDataEvent): void {
    if (underway.has(event.sourceId) && map.isSourceLoaded(event.sourceId)) finish(event.sourceId);
  }

  map.on("sourcedata", onData);
  return {
    mark(source) {
      dirty.add(source);
      schedule();
    },
    hold(on) {
      held = on;
      if (!held && dirty.size) schedule();
    },
    stop() {
      map.off("sourcedata", onData);
      if (timer !== null) clearTimeout(timer);
    },
  };
}
