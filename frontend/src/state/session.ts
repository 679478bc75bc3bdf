// SPDX-License-Identifier: Apache-2.0
/** Start, switch, follow: the use cases of the console. */

import { batch, computed, effect, untracked } from "@preact/signals";
import { fetchWho } from "../api/account";
import { fetchCatalog, fetchSets, fetchStyle } from "../api/server";
import { createBatcher } from "../live/batch";
import { type Following, follow as followStream } from "../live/follow";
import type { Wish } from "../live/hub";
import { mergeChanges } from "../live/merge";
import { preciseTiles } from "../live/touched";
import { readerKey } from "../model/account";
import { decodePermalink, type Permalink } from "../model/permalink";
import type { LayerChange } from "../model/types";
import { gate, keepScope, who } from "./account";
import { closeCard } from "./actions";
import { keepValues } from "./choropleth";
import { keepDetails, keepPlace } from "./details";
import { draft } from "./draft";
import { closeDrawer } from "./drawer";
import { keepHandle } from "./editing";
import { clearFeed, loadFeed } from "./feed";
import { keepHexagons } from "./hexagons";
import { keepPreviewPoints } from "./importing";
import { afterDrawn, moveMapTo, reloadMap } from "./mapLink";
import { placing } from "./placing";
import { changed, refreshCounts } from "./refresh";
import { keepSeries } from "./series";
import { keepSources } from "./sources/watch";
import * as store from "./store";
import { keepUnitOnly } from "./unitOnly";
import { unitsPublished } from "./unitsPublished";
import { keepQueue } from "./unlocated";
import { keepUrl, readPreferences } from "./url";
import { decodeWorkspace, workspace } from "./workspace";

const BATCH_MS = 250;

let stream: Following | null = null;
let paused = false;

/** Before anything is fetched: language and theme must be right from the first frame. */
export function beginSession(): void {
  const link = decodePermalink(location.hash);
  const preferences = readPreferences(link);
  store.lang.value = preferences.lang;
  store.theme.value = preferences.theme;
  keepUrl(follow);
  keepStyle();
  keepDetails();
  keepPlace();
  keepHexagons();
  keepScope();
  keepValues();
  keepSeries();
  keepPreviewPoints();
  keepHandle();
  keepQueue();
  keepSources();
  keepUnitOnly();
  keepWish();
  setInterval(() => {
    store.now.value = Date.now();
  }, 1_000);
  void load(link);
}

export async function load(link: Permalink = decodePermalink(location.hash)): Promise<void> {
  store.phase.value = "loading";
  const mine = ++store.reader.value;
  try {
    who.value = await fetchWho();
    if (gate.value) {
      if (mine === store.reader.value) store.phase.value = "gate";
      return;
    }
    const [catalog, sets] = await Promise.all([fetchCatalog(), fetchSets()]);
    // Somebody signed in or out meanwhile: this answer is not theirs.
    if (mine !== store.reader.value) return;
    batch(() => {
      store.layers.value = catalog.layers;
      store.site.value = catalog.site;
      store.sets.value = [...sets].sort((a, b) => a.valid_from.localeCompare(b.valid_from));
      const known = (id: string | null | undefined) => store.sets.value.find((set) => set.id === id)?.id;
      store.activeSetId.value = known(link.set) ?? known(catalog.site.default_set) ?? sets[0]?.id ?? null;
      store.visible.value = new Set(
        link.layers ?? catalog.layers.filter((layer) => layer.visible).map((layer) => layer.id),
      );
      store.view.value = link.view ?? null;
      store.hexLayerId.value = catalog.layers.find((layer) => layer.id === link.hex && layer.h3)?.id ?? null;
      store.valuesLayerId.value = coloured(link.values);
      store.selection.value = link.selection ?? null;
      workspace.value = decodeWorkspace(link.work);
      store.phase.value = "ready";
    });
    startStream();
    void loadFeed();
  } catch {
    if (mine === store.reader.value) store.phase.value = gate.value ? "gate" : "failed";
  }
}

/** Another reader sees other things: what was fetched for the last one goes, the map and its tiles included. */
export function forgetEverything(): void {
  store.reader.value += 1;
  stream?.stop();
  stream = null;
  batcher.clear();
  clearFeed();
  closeCard();
  closeDrawer();
  draft.value = null;
  workspace.value = null;
  placing.value = null;
  store.phase.value = "loading";
  store.baseStyle.value = null;
  store.mapIdle.value = false;
  store.mapFailure.value = null;
  store.pointer.value = null;
  store.layers.value = [];
  store.streamState.value = "connecting";
}

let troubled: () => void = () => {};

/** Called when the stream breaks: perhaps because the session behind it ended. */
export function onTroubledStream(listener: () => void): void {
  troubled = listener;
}

function coloured(id: string | undefined): string | null {
  return store.layers.value.find((layer) => layer.id === id && layer.store !== "unit")?.id ?? null;
}

/** Somebody pasted another link into the same tab. */
function follow(link: Permalink): void {
  if (store.phase.value !== "ready") return;
  batch(() => {
    if (link.lang) store.lang.value = link.lang;
    if (link.theme) store.theme.value = link.theme;
    if (link.set && store.sets.value.some((set) => set.id === link.set)) store.activeSetId.value = link.set;
    if (link.layers) store.visible.value = new Set(link.layers);
    store.hexLayerId.value = link.hex ?? null;
    store.valuesLayerId.value = coloured(link.values);
    store.selection.value = link.selection ?? null;
    workspace.value = decodeWorkspace(link.work);
  });
  if (link.view) moveMapTo(link.view);
}

function keepStyle(): () => void {
  let generation = 0;
  return effect(() => {
    const mine = ++generation;
    // Tiles of units are for ever; a newly published version has other addresses, and the style names them.
    void unitsPublished.value;
    if (store.phase.value !== "ready") return;
    fetchStyle(store.theme.value, store.lang.value, store.activeSetId.value).then(
      (style) => {
        if (mine !== generation) return;
        if (store.mapFailure.value === "style") store.mapFailure.value = null;
        store.baseStyle.value = style;
      },
      () => {
        if (mine === generation && !store.baseStyle.value) store.mapFailure.value = "style";
      },
    );
  });
}

const batcher = createBatcher<LayerChange>(BATCH_MS, (received) => {
  const changes = mergeChanges(received);
  changed(changes);
  if (changes.some((change) => change.bulk)) void loadFeed();
});

/** Units do not move, but another version of them may be published. */
const followed = computed(() =>
  store.layers.value.filter((layer) => layer.live || layer.store === "unit").map((layer) => layer.id),
);

function wish(): Wish {
  return { reader: readerKey(who.value), layers: followed.value, zooms: store.tileZooms.value };
}

function startStream(): void {
  stream?.stop();
  stream = null;
  if (untracked(() => followed.value.length) === 0 || paused) return;
  stream = followStream(untracked(wish), {
    onChange: (event) => {
      const at = Date.now();
      const shown = store.tileZooms.value;
      batcher.push(event.changes.map((change) => ({ ...change, tiles: preciseTiles(change.tiles, shown) })));
      afterDrawn(() => {
        store.lastEventAt.value = at;
      });
    },
    onReset: () => {
      batcher.clear();
      reloadMap();
      void loadFeed();
      refreshCounts();
    },
    onAuth: () => troubled(),
    onState: (state) => {
      store.streamState.value = state;
      if (state === "reconnecting" || state === "lost") troubled();
    },
  });
}

/** Another zoom shows other tiles. */
function keepWish(): () => void {
  return effect(() => {
    const wanted = wish();
    if (store.phase.value === "ready") stream?.wish(wanted);
  });
}

/** For tests: a map that is fed never becomes idle. */
export function pauseLive(): void {
  paused = true;
  stream?.stop();
  stream = null;
}

export function resumeLive(): void {
  paused = false;
  startStream();
}
