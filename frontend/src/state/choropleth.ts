// SPDX-License-Identifier: Apache-2.0
/** Which layer colours the units, by which values, in which classes. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { fetchUnitValues } from "../api/values";
import { quantileClasses, readPeriod, type UnitValues, withinArea } from "../model/choropleth";
import { formatDate } from "../model/format";
import type { Layer, LayerChange } from "../model/types";
import { account } from "./account";
import { closeDrawer, drawer } from "./drawer";
import { activeSetId, layers, phase, t, text, valuesLayerId } from "./store";

const REFRESH_MS = 4_000;

export type ValuesState = "off" | "loading" | "ready" | "failed";
export const valuesState = signal<ValuesState>("off");
export const values = signal<UnitValues | null>(null);
/** Null is the newest. */
export const valuesPeriod = signal<string | null>(null);
export const valuesLayer = computed(
  () => layers.value.find((layer) => layer.id === valuesLayerId.value) ?? null,
);
export const valuesClasses = computed(() =>
  quantileClasses((values.value?.units ?? []).map(({ value }) => value)),
);

export const countedLayers = computed(() => layers.value.filter((layer) => layer.store === "feature"));
export const indicatorLayers = computed(() => layers.value.filter((layer) => layer.store === "indicator"));

let generation = 0;

async function read(layer: string, set: string, period: string | null): Promise<void> {
  const mine = ++generation;
  try {
    const answer = await fetchUnitValues(layer, set, period);
    if (mine !== generation) return;
    values.value = withinArea(
      answer,
      untracked(() => account.value?.area ?? null),
    );
    valuesState.value = "ready";
  } catch {
    if (mine !== generation) return;
    values.value = null;
    valuesState.value = "failed";
  }
}

export function keepValues(): () => void {
  return effect(() => {
    const layer = valuesLayerId.value;
    const set = activeSetId.value;
    const period = valuesPeriod.value;
    if (phase.value !== "ready" || !layer || !set) {
      generation += 1;
      values.value = null;
      valuesState.value = "off";
      return;
    }
    const shown = untracked(() => values.value);
    // Values of something else must not be read as those of this layer.
    if (shown?.layer !== layer || shown.set !== set) values.value = null;
    valuesState.value = "loading";
    void read(layer, set, period);
  });
}

export function showValues(id: string | null): void {
  valuesPeriod.value = null;
  if (!id && drawer.value?.kind === "values") closeDrawer();
  valuesLayerId.value = id;
}

export function retryValues(): void {
  if (valuesLayerId.value && activeSetId.value) {
    void read(valuesLayerId.value, activeSetId.value, valuesPeriod.value);
  }
}

let _refresh: ReturnType<typeof setTimeout> | null = null;

/** Counts follow the stream, at most every few seconds and without a flicker. */
export function valuesChanged(changes: readonly LayerChange[]): void {
  if (!changes.some((change) => change.layer === valuesLayerId.value)) return;
  _refresh ??= setTimeout(() => {
    _refresh = null;
    retryValues();
  }, REFRESH_MS);
}

/** "Quý II/2025", "01/7/2024 – 30/6/2025"; a spelling that a newer server may send is shown as it is. */
export function periodText(period: string): string {
  const words = readPeriod(period);
  if (!words) return period;
  if (words.kind === "range") return `${formatDate(words.from)} – ${formatDate(words.to)}`;
  return t(`values.${words.kind}`, { n: words.n, year: words.year });
}

/** What the numbers are: "số lượng sự việc", "người". */
export function measureText(layer: Layer): string {
  if (layer.measure) return text(layer.measure.unit);
  return t("values.count", { title: text(layer.title).toLocaleLowerCase("vi") });
}

export function noDataText(layer: Layer): string {
  if (layer.measure) return text(layer.measure.no_data);
  // Counts are known everywhere, except where this reader may not look.
  return t(account.value?.area ? "values.outOfScope" : "values.none");
}
