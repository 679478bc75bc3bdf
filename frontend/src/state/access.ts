// SPDX-License-Identifier: Apache-2.0
/** Signing in and out as the operator does it. Another reader means that nothing fetched before may stay. */

import { batch } from "@preact/signals";
import { deleteSession, fetchWho, postSignIn, putPassword } from "../api/account";
import { onRefused } from "../api/client";
import { gateOf, sameReader, type Who } from "../model/account";
import { accountDialog, signInHint, who } from "./account";
import { forgetEverything, load, onTroubledStream } from "./session";
import { phase } from "./store";

const CHECK_EVERY_MS = 60_000;

export async function signIn(name: string, password: string): Promise<void> {
  become(await postSignIn(name, password));
  signInHint.value = null;
}

export async function signOut(): Promise<void> {
  become(await deleteSession());
  signInHint.value = null;
}

export async function changePassword(old: string, wanted: string): Promise<void> {
  await putPassword(old, wanted);
  become(await fetchWho());
}

function become(next: Who): void {
  const same = sameReader(who.value, next);
  batch(() => {
    who.value = next;
    if (same) return;
    accountDialog.value = null;
    forgetEverything();
  });
  if (!same) void load();
}

/** A session can end, and a role can change, while the page is open. */
async function checkReader(): Promise<void> {
  if (phase.value !== "ready") return;
  const next = await fetchWho().catch(() => null);
  if (!next || sameReader(who.value, next)) {
    if (next) who.value = next;
    return;
  }
  if (who.value.account && gateOf(next) === "name") signInHint.value = "account.ended";
  become(next);
}

export function keepAccess(): void {
  onRefused(() => void checkReader());
  onTroubledStream(() => void checkReader());
  addEventListener("focus", () => void checkReader());
  setInterval(() => void checkReader(), CHECK_EVERY_MS);
}
