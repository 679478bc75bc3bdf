// SPDX-License-Identifier: Apache-2.0
/** Who reads, as signals, and the names of the units that the reader is limited to. */

import { computed, effect, signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { fetchUnit } from "../api/server";
import { areaUnits, gateOf, type Who } from "../model/account";
import { lang, t } from "./store";

export const who = signal<Who>({ account: null, anonymous: null });
export const account = computed(() => who.value.account);
export const gate = computed(() => gateOf(who.value));

export type AccountDialog = "signIn" | "password" | null;
export const accountDialog = signal<AccountDialog>(null);
/** One line above the sign-in form: why it is there again. */
export const signInHint = signal<"account.ended" | null>(null);

/** Names by "set/code"; the code stands in until the name is known. */
const areaNames = signal<ReadonlyMap<string, string>>(new Map());

export const scope = computed<readonly string[] | null>(() => {
  const area = account.value?.area ?? null;
  return area === null ? null : area.map((key) => areaNames.value.get(key) ?? key);
});

export function keepScope(): () => void {
  return effect(() => {
    if (gate.value !== null) return;
    for (const { set, code } of areaUnits(account.value?.area ?? null)) {
      fetchUnit(set, code).then(
        (unit) => {
          areaNames.value = new Map(areaNames.value).set(`${set}/${code}`, unit.full_name || unit.name);
        },
        () => {},
      );
    }
  });
}

/** The server's own Vietnamese, where it has some. */
function ownWords(error: ApiError): string {
  const { detail_vi: words } = error.facts;
  return lang.value === "vi" && typeof words === "string" ? words : "";
}

/** What went wrong, in the operator's words. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.offline");
  switch (error.code) {
    case "credentials_invalid":
    case "password_invalid":
    case "csrf_invalid":
      return t(`problem.${error.code}`);
    default:
      if (error.status === 403) return t("problem.not_allowed");
      return ownWords(error) || t("problem.other", { detail: error.message || String(error.status) });
  }
}

/** Seconds to wait before the server listens again; 0 when that was not the problem. */
export function waitOf(error: unknown): number {
  if (!(error instanceof ApiError) || error.status !== 429) return 0;
  const seconds = Number(error.facts.retry_after_s ?? error.facts.retry_after);
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 5;
}
