// SPDX-License-Identifier: Apache-2.0
/** Dead letters of one source: listed by reason, tried again, put away. */

import { batch, signal } from "@preact/signals";
import { discardLetter, fetchLetters, replayAll, replayLetter } from "../../api/sources/sources";
import type { DeadLetter } from "../../model/sources/types";
import { problemText } from "../account";
import { layerTouched } from "../refresh";
import { lang } from "../store";
import { say } from "../toast";
import { refreshSources } from "./watch";
import { number, tc } from "./words";

export const letters = signal<readonly DeadLetter[] | null>(null);
export const codes = signal<Readonly<Record<string, number>>>({});
export const chosenCode = signal<string | null>(null);
export const lettersProblem = signal<string | null>(null);
/** Which letter is being tried: its id, or "all". */
export const working = signal<number | "all" | null>(null);

let next: number | null = null;
let of = "";
export const hasMore = signal(false);

export async function loadLetters(source: string, code: string | null = chosenCode.value): Promise<void> {
  if (source !== of) {
    batch(() => {
      letters.value = null;
      codes.value = {};
    });
    of = source;
    code = null;
  }
  chosenCode.value = code;
  try {
    const answer = await fetchLetters(source, { code, before: null });
    if (source !== of || code !== chosenCode.value) return;
    batch(() => {
      letters.value = answer.dead_letters;
      codes.value = answer.codes;
      next = answer.next;
      hasMore.value = next !== null;
      lettersProblem.value = null;
    });
  } catch (error) {
    if (source === of) lettersProblem.value = problemText(error);
  }
}

export async function moreLetters(source: string): Promise<void> {
  try {
    const answer = await fetchLetters(source, { code: chosenCode.value, before: next });
    if (source !== of) return;
    letters.value = [...(letters.value ?? []), ...answer.dead_letters];
    next = answer.next;
    hasMore.value = next !== null;
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
  }
}

async function doing(source: string, what: number | "all", work: () => Promise<void>): Promise<boolean> {
  if (working.value !== null) return false;
  working.value = what;
  try {
    await work();
    return true;
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
    return false;
  } finally {
    // A code of which nothing is left is not filtered by.
    await loadLetters(source);
    if (chosenCode.value !== null && !codes.value[chosenCode.value]) await loadLetters(source, null);
    working.value = null;
    refreshSources();
  }
}

export async function replay(source: string, letter: DeadLetter): Promise<void> {
  await doing(source, letter.id, async () => {
    const { outcome, detail, code } = await replayLetter(source, letter.id);
    if (outcome === "resolved") {
      say({ text: tc("letters.resolved") });
      layerTouched(letter.layer);
    } else say({ text: tc("letters.refused", { detail: detail ?? code ?? "" }), tone: "bad" });
  });
}

export async function replayCode(source: string, code: string | null): Promise<void> {
  await doing(source, "all", async () => {
    const { replayed, resolved, refused } = await replayAll(source, code);
    const words = { n: number(replayed), resolved: number(resolved), refused: number(refused) };
    say({ text: tc("letters.replayed", words), tone: refused > 0 && resolved === 0 ? "bad" : "good" });
  });
}

export async function discard(source: string, letter: DeadLetter, reason: string): Promise<boolean> {
  return doing(source, letter.id, async () => {
    await discardLetter(source, letter.id, reason);
    say({ text: tc("letters.discarded") });
  });
}

/** The server's own Vietnamese, where it has some. */
export function detailOf(letter: DeadLetter): string {
  return (lang.value === "vi" && letter.detail_vi) || letter.detail;
}
