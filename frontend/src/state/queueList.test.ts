// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import type { Item } from "../model/types";
import type { Unlocated } from "../model/unlocated";
import { placing } from "./placing";
import { queueChanges, queueCounts, queueItem, queueItems, queueKey, queueTotal, takeOut } from "./queueList";

const waiting = (id: number): Unlocated => ({
  layer: "some",
  id,
  source: "s",
  external_id: `x-${id}`,
  title: null,
  time: null,
  recorded_at: "2026-11-22T08:00:00Z",
  text: null,
  reason: null,
  candidates: [],
});
const known = (id: number, method: string, point: boolean): Item => ({
  type: "Feature",
  id,
  geometry: point ? { type: "Point", coordinates: [105.8, 21.6] } : null,
  properties: { location_method: method },
});
const change = (upserts: Item[], removes: number[] = []) => [
  { layer: "some", upserts, removes, bulk: false },
];

beforeEach(() => {
  queueItems.value = [1, 2, 3].map(waiting);
  queueKey.value = "some/2";
  queueTotal.value = 3;
  queueCounts.value = { some: 3 };
  placing.value = { place: { lon: 1, lat: 2 }, radius_m: 100 };
});

describe("the queue", () => {
  it("goes on to the next when one is taken out, ready to be placed in the same way", () => {
    expect(takeOut("some/2")).toBe(1);
    expect(queueItem.value?.id).toBe(3);
    expect([queueTotal.value, queueCounts.value.some]).toEqual([2, 2]);
    expect(placing.value).toEqual({ place: null, radius_m: 100 });
    expect(takeOut("some/2")).toBe(-1);
  });

  it("loses what somebody else placed or deleted, and keeps what only changed", () => {
    queueChanges(change([known(1, "operator_unit", false), known(3, "unlocated", false)]));
    expect(queueItems.value.map(({ id }) => id)).toEqual([2, 3]);
    queueChanges(change([known(3, "operator_pin", true)]));
    expect(queueItems.value.map(({ id }) => id)).toEqual([2]);
    queueChanges(change([], [2]));
    expect(queueItem.value).toBeNull();
  });

  it("keeps the point that is being set while others leave", () => {
    queueChanges(change([known(1, "operator_pin", true)]));
    expect(placing.value?.place).toEqual({ lon: 1, lat: 2 });
  });
});
