// SPDX-License-Identifier: Apache-2.0
/** The draft that is open: followed while it moves, changed with the revision that was seen. */

import { batch, computed, signal } from "@preact/signals";
import * as server from "../../api/boundaries/drafts";
import { ApiError } from "../../api/client";
import { checkKey, firstTab, isMoving, type Tab } from "../../model/boundaries/draft";
import { changeRows, findingsOf } from "../../model/boundaries/review";
import type { ChangePart, Draft, Drawn, Finding } from "../../model/boundaries/types";
import { problemText } from "../account";
import { say } from "../toast";
import { workspace } from "../workspace";
import { Poller } from "./poll";
import { tb } from "./words";

export const draft = signal<Draft | null>(null);
export const draftProblem = signal<string | null>(null);
/** The server could not be asked just now; what is shown may be old. */
export const isOffline = signal(false);
export const tab = signal<Tab>("findings");
export const findings = signal<Drawn<Finding> | null>(null);
export const changes = signal<Drawn<ChangePart> | null>(null);
/** The job that was told to stop; it takes a moment. */
export const stopping = signal<number | null>(null);
/** A change is on its way to the server. */
export const busy = signal(false);

export const foundHere = computed(() => findingsOf(findings.value));
export const rows = computed(() => changeRows(changes.value));

let poller: Poller<Draft> | null = null;
let read = "";
let chosen = false;

/** As long as the draft is open. */
export function watchDraft(id: number): () => void {
  forget();
  const watching = new Poller<Draft>({
    fetch: (signal) => server.fetchDraft(id, signal),
    isMoving,
    onAnswer: take,
    onError: (error) => {
      const gone = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (gone || !draft.value) draftProblem.value = problemText(error);
      else isOffline.value = true;
    },
  });
  poller = watching;
  void watching.ask();
  // Somebody else may have approved it meanwhile.
  window.addEventListener("focus", refresh);
  return () => {
    window.removeEventListener("focus", refresh);
    watching.stop();
    if (poller === watching) poller = null;
    forget();
  };
}

function refresh(): void {
  if (!busy.value) void poller?.ask();
}

export function askAgain(): void {
  draftProblem.value = null;
  void poller?.ask();
}

function forget(): void {
  read = "";
  chosen = false;
  batch(() => {
    draft.value = null;
    draftProblem.value = null;
    isOffline.value = false;
    findings.value = null;
    changes.value = null;
    busy.value = false;
  });
}

export function chooseTab(wanted: Tab): void {
  chosen = true;
  tab.value = wanted;
}

function take(answer: Draft): void {
  batch(() => {
    isOffline.value = false;
    draftProblem.value = null;
    draft.value = answer;
    // Somebody who is reading is not sent elsewhere.
    if (!chosen) tab.value = firstTab(answer);
  });
  const key = checkKey(answer);
  if (key === read || isMoving(answer)) return;
  read = key;
  void readResults(answer);
}

async function readResults({ id }: Draft): Promise<void> {
  try {
    const [found, changed] = await Promise.all([server.fetchFindings(id), server.fetchChanges(id)]);
    if (draft.value?.id !== id) return;
    batch(() => {
      findings.value = found;
      changes.value = changed;
    });
  } catch (error) {
    read = "";
    if (draft.value?.id === id) say({ text: problemText(error), tone: "bad" });
  }
}

/** Answers whether it was done; what went wrong is said. */
async function attempt(what: (current: Draft) => Promise<Draft | null>): Promise<boolean> {
  const current = draft.value;
  if (!current || busy.value) return false;
  busy.value = true;
  try {
    const next = await what(current);
    if (draft.value?.id !== current.id) return true;
    if (next) take(next);
    void poller?.ask();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) {
      say({ text: tb("draft.conflict"), tone: "bad" });
      void poller?.ask();
    } else say({ text: problemText(error), tone: "bad" });
    return false;
  } finally {
    busy.value = false;
  }
}

export function change(patch: server.DraftPatch): Promise<boolean> {
  // An answer leads on to what it brings to light; everything else is done where one is.
  chosen = patch.answers === undefined;
  return attempt((current) => server.patchDraft(current.id, current.revision, patch));
}

export async function cancel(): Promise<void> {
  const job = draft.value?.job?.id ?? null;
  const done = await attempt(async ({ id }) => {
    await server.cancelCheck(id);
    return null;
  });
  if (done) stopping.value = job;
}

/** The same inputs once more. */
export function checkAgain(): Promise<boolean> {
  return change({});
}

export function waive(number: number, why: string | null): Promise<boolean> {
  return attempt(async ({ id }) => {
    if (why === null) await server.deleteWaiver(id, number);
    else await server.putWaiver(id, number, why);
    read = "";
    return null;
  });
}

/** Every finding of a code that blocks and may be accepted. */
export function waiveAll(code: string, why: string): Promise<boolean> {
  return attempt(async ({ id }) => {
    await server.putWaivers(id, code, why);
    read = "";
    return null;
  });
}

export function requestApproval(): Promise<boolean> {
  return attempt(async ({ id }) => {
    await server.askApproval(id);
    return null;
  });
}

export function giveApproval(): Promise<boolean> {
  return attempt(async ({ id }) => {
    await server.approve(id);
    return null;
  });
}

export async function withdraw(): Promise<void> {
  const done = await attempt(async ({ id }) => {
    await server.withdrawDraft(id);
    return null;
  });
  if (done) workspace.value = { view: "start" };
}

export function setRepair(id: string, applied: boolean): Promise<boolean> {
  const now = draft.value?.repairs ?? [];
  const repairs = applied ? [...new Set([...now, id])] : now.filter((other) => other !== id);
  return change({ repairs });
}
