// SPDX-License-Identifier: Apache-2.0
/** Brings stale tiles up to date: exactly those, each source at most once a second, and tells when they are in. */

import type { Map as MapLibreMap, MapSourceDataEvent } from "maplibre-gl";
import { parseTile, type TileId, touches } from "../live/touched";
import { dropKept, type HeldTile, heldTiles, isErrored, isLoading, isSettled } from "./tiles";

/** Changes come in company. */
const LEAD_MS = 120;
const INTERVAL_MS = 1_000;
/** A change can overtake the tile's eviction in another server process; younger ones are asked for once more. */
export const SETTLE_MS = 700;
/** What the overlay shows already can wait until it is settled: then its tiles are asked for once. */
const DRAWN_LEAD_MS = SETTLE_MS + 50;
/** A tile that turned out unmodified says nothing, so one has to look. */
const LOOK_MS = 50;
const GIVE_UP_MS = 10_000;

/** What has to be fetched again, with the time (ms) when it was last touched. */
class Stale {
  #all = Number.NEGATIVE_INFINITY;
  readonly #tiles = new Map<string, { readonly tile: TileId; readonly at: number }>();

  get none(): boolean {
    return this.#all === Number.NEGATIVE_INFINITY && this.#tiles.size === 0;
  }

  add(names: readonly string[] | null, at: number): void {
    if (names === null) this.#all = at;
    for (const name of names ?? []) {
      const tile = parseTile(name);
      if (tile) this.#tiles.set(name, { tile, at });
    }
  }

  has(tile: TileId): boolean {
    const all = this.#all !== Number.NEGATIVE_INFINITY;
    return all || [...this.#tiles.values()].some((touched) => touches(touched.tile, tile));
  }

  forget(until: number): void {
    if (this.#all <= until) this.#all = Number.NEGATIVE_INFINITY;
    for (const [name, { at }] of this.#tiles) if (at <= until) this.#tiles.delete(name);
  }
}

type Round = { readonly since: number; readonly tiles: readonly HeldTile[]; readonly whole: boolean };
type Source = { readonly stale: Stale; round: Round | null; begunAt: number; nextAt: number };

export class Refresher {
  readonly #map: MapLibreMap;
  readonly #onFresh: (source: string, until: number) => void;
  readonly #sources = new Map<string, Source>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = Number.POSITIVE_INFINITY;
  #held = false;

  /** `onFresh`: every loaded tile of that source carries what came until then. */
  constructor(map: MapLibreMap, onFresh: (source: string, until: number) => void) {
    this.#map = map;
    this.#onFresh = onFresh;
    map.on("sourcedata", this.#onData);
  }

  /** `tiles`: null is all of them. `drawn`: the change is seen without them. */
  mark(source: string, tiles: readonly string[] | null, drawn = false): void {
    const now = performance.now();
    const known = this.#sources.get(source) ?? { stale: new Stale(), round: null, begunAt: 0, nextAt: 0 };
    this.#sources.set(source, known);
    const planned = known.stale.none ? Number.POSITIVE_INFINITY : known.nextAt;
    const wanted = Math.min(planned, now + (drawn ? DRAWN_LEAD_MS : LEAD_MS));
    known.nextAt = Math.max(known.begunAt + INTERVAL_MS, wanted);
    known.stale.add(tiles, now);
    dropKept(this.#map, source, (tile) => known.stale.has(tile));
    this.#wakeAt(known.nextAt);
  }

  /** While the server is away a refresh would only turn good tiles into failed ones. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.#wakeAt(0);
  }

  stop(): void {
    this.#map.off("sourcedata", this.#onData);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  readonly #onData = ({ sourceId }: MapSourceDataEvent): void => {
    const source = this.#sources.get(sourceId);
    if (source?.round) this.#look(sourceId, source, performance.now());
  };

  #wakeAt(at: number): void {
    if (this.#timer !== null && at >= this.#due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = at;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, at - performance.now()));
  }

  #run(): void {
    this.#timer = null;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [id, source] of this.#sources) {
      if (source.round) this.#look(id, source, now);
      if (!source.round && !source.stale.none && !this.#held && source.nextAt <= now)
        this.#begin(id, source, now);
      if (source.round) next = Math.min(next, now + LOOK_MS);
      else if (!source.stale.none && !this.#held) next = Math.min(next, source.nextAt);
    }
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next);
  }

  #begin(id: string, source: Source, now: number): void {
    const { stale } = source;
    source.begunAt = now;
    source.nextAt = now + INTERVAL_MS;
    if (!this.#map.getSource(id)) {
      this.#sources.delete(id);
      return;
    }
    const tiles = heldTiles(this.#map, id).filter(({ at }) => stale.has(at));
    dropKept(this.#map, id, (tile) => stale.has(tile));
    // The first answer of a tile that is on its way may be older than the change: it is refreshed in the next round.
    const whole = !tiles.some(isLoading);
    // Always by name: without names MapLibre leaves failed tiles waiting for ever.
    if (tiles.length) {
      this.#map.refreshTiles(
        id,
        tiles.map(({ at }) => at),
      );
    }
    if (whole) stale.forget(now - SETTLE_MS);
    source.round = { since: now, tiles, whole };
    this.#look(id, source, now);
  }

  #look(id: string, source: Source, now: number): void {
    const { round } = source;
    if (!round) return;
    const done = round.tiles.every(isSettled);
    if (!done && now - round.since < GIVE_UP_MS) return;
    source.round = null;
    const whole = done && round.whole && !round.tiles.some(isErrored);
    if (whole) this.#onFresh(id, round.since - SETTLE_MS);
    // What did not come must not be forgotten.
    else if (!done) source.stale.add(null, round.since);
    if (!source.stale.none) this.#wakeAt(source.nextAt);
  }
}
