// SPDX-License-Identifier: Apache-2.0
/** The ramp of the hexagons: breaks for (layer, resolution, area), asked again when one of them changes. */

import { effect } from "@preact/signals";
import { fetchHexCells } from "../api/server";
import { rampBreaks } from "../model/hexgrid";
import { activeSet, hexBreaks, hexLayerId, hexResolution } from "./store";

const STEPS = 5;

export function keepHexagons(): () => void {
  let generation = 0;
  return effect(() => {
    const layer = hexLayerId.value;
    const resolution = hexResolution.value;
    const bbox = activeSet.value?.bbox ?? null;
    const mine = ++generation;
    if (!layer) {
      hexBreaks.value = null;
      return;
    }
    fetchHexCells(layer, resolution, bbox).then(
      ({ cells }) => {
        const breaks = rampBreaks(
          cells.map((cell) => cell.value),
          STEPS,
        );
        if (mine === generation) hexBreaks.value = { key: `${layer}/${resolution}`, breaks };
      },
      () => {
        if (mine === generation) hexBreaks.value = { key: `${layer}/${resolution}`, breaks: [] };
      },
    );
  });
}
