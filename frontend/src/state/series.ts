// SPDX-License-Identifier: Apache-2.0
/** How things went: indicators of the unit in the card, readings of the sensor in the card. */

import { effect, signal } from "@preact/signals";
import { fetchHours, fetchSeries } from "../api/values";
import { formatClock } from "../model/format";
import { indicatorLayers, periodText } from "./choropleth";
import { details } from "./details";
import { layerOf, selection, text } from "./store";

export type Series = {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly marks: readonly {
    readonly label: string;
    readonly value: number | null;
    readonly open?: boolean;
  }[];
};

const DAY_MS = 86_400_000;

export const series = signal<readonly Series[]>([]);

async function ofUnit(set: string, code: string): Promise<readonly Series[]> {
  const all = indicatorLayers.value.map(async (layer): Promise<Series | null> => {
    const points = await fetchSeries(layer.id, set, code).catch(() => []);
    if (points.length === 0) return null;
    const marks = points.map(({ period, value, estimated }) => ({
      label: periodText(period),
      value,
      ...(estimated && { open: true }),
    }));
    return {
      key: layer.id,
      title: text(layer.title),
      unit: layer.measure ? text(layer.measure.unit) : "",
      marks,
    };
  });
  return (await Promise.all(all)).filter((found) => found !== null);
}

async function ofSensor(layerId: string, id: number): Promise<readonly Series[]> {
  const since = new Date(Date.now() - DAY_MS).toISOString().slice(0, 19);
  const all = (layerOf(layerId)?.observed ?? []).map(
    async ({ name, title, unit }): Promise<Series | null> => {
      const readings = await fetchHours(layerId, id, name, `${since}Z`).catch(() => []);
      const marks = readings.map(({ time, mean }) => ({
        label: formatClock(Date.parse(time)).slice(0, 5),
        value: mean,
      }));
      return marks.length > 1 ? { key: name, title: text(title), unit: unit ?? "", marks } : null;
    },
  );
  return (await Promise.all(all)).filter((found) => found !== null);
}

export function keepSeries(): () => void {
  let generation = 0;
  let shownFor = "";
  return effect(() => {
    const picked = selection.value;
    const ready = details.value?.state === "unit" || details.value?.state === "item";
    const key = JSON.stringify(picked);
    if (key !== shownFor) {
      generation += 1;
      shownFor = "";
      series.value = [];
    }
    if (!picked || !ready || key === shownFor) return;
    shownFor = key;
    const mine = ++generation;
    const asked =
      picked.kind === "unit" ? ofUnit(picked.set, picked.code) : ofSensor(picked.layer, picked.id);
    void asked.then((found) => {
      if (mine === generation) series.value = found;
    });
  });
}
