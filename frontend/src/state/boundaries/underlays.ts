// SPDX-License-Identifier: Apache-2.0
/** Scans and orthophotos under the open draft. */

import { signal } from "@preact/signals";
import { deleteUnderlay, fetchUnderlays, postUnderlay } from "../../api/boundaries/underlays";
import { rasterProblem } from "../../model/boundaries/file";
import type { Underlay } from "../../model/boundaries/published";
import { problemText } from "../account";
import { say } from "../toast";
import { Poller } from "./poll";
import { tb } from "./words";

export const underlays = signal<readonly Underlay[]>([]);
/** From 0 to 1 while one is sent. */
export const underlaySending = signal<number | null>(null);
export const underlayProblem = signal<string | null>(null);
/** By id; what is not named is fully seen. */
export const opacities = signal<ReadonlyMap<number, number>>(new Map());
export const DEFAULT_OPACITY = 0.7;

let poller: Poller<readonly Underlay[]> | null = null;
let watched: number | null = null;

export function isReady(underlay: Underlay): boolean {
  return underlay.state === "ready";
}

export function isPreparing(underlay: Underlay): boolean {
  return underlay.state === "checking";
}

export function watchUnderlays(draft: number): () => void {
  const watching = new Poller<readonly Underlay[]>({
    fetch: () => fetchUnderlays(draft),
    isMoving: (all) => all.some(isPreparing),
    onAnswer: (all) => {
      underlays.value = all;
    },
    onError: () => {},
  });
  poller = watching;
  watched = draft;
  void watching.ask();
  return () => {
    watching.stop();
    poller = null;
    watched = null;
    underlays.value = [];
    underlaySending.value = null;
    underlayProblem.value = null;
    opacities.value = new Map();
  };
}

export async function sendUnderlay(file: File): Promise<void> {
  const draft = watched;
  const problem = rasterProblem(file);
  if (draft === null || problem) {
    underlayProblem.value = problem && tb(problem === "empty" ? "underlay.empty" : "underlay.kind");
    return;
  }
  underlayProblem.value = null;
  underlaySending.value = 0;
  const mine = poller;
  try {
    await postUnderlay(draft, file, (share) => {
      if (poller === mine) underlaySending.value = share;
    });
    void poller?.ask();
  } catch (error) {
    if (poller === mine) underlayProblem.value = problemText(error);
  } finally {
    if (poller === mine) underlaySending.value = null;
  }
}

export async function removeUnderlay(id: number): Promise<void> {
  try {
    await deleteUnderlay(id);
    underlays.value = underlays.value.filter((one) => one.id !== id);
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
  }
}

export function opacityOf(id: number): number {
  return opacities.value.get(id) ?? DEFAULT_OPACITY;
}

export function setOpacity(id: number, value: number): void {
  opacities.value = new Map(opacities.value).set(id, value);
}
