// SPDX-License-Identifier: Apache-2.0
/** What the start view lists: drafts for those who work on them, publications and versions for everybody. */

import { computed, signal } from "@preact/signals";
import { fetchDrafts } from "../../api/boundaries/drafts";
import { fetchPublications, fetchVersions } from "../../api/boundaries/publications";
import { isMoving } from "../../model/boundaries/draft";
import type { Publication, Version } from "../../model/boundaries/published";
import type { DraftSummary } from "../../model/boundaries/types";
import { account, problemText } from "../account";
import { Poller } from "./poll";

export const drafts = signal<readonly DraftSummary[] | null>(null);
export const publications = signal<readonly Publication[] | null>(null);
export const versions = signal<readonly Version[]>([]);
export const listProblem = signal<string | null>(null);
export const historyProblem = signal<string | null>(null);

/** Drafts are for those who may make them; everybody else reads what was published. */
export const mayEdit = computed(() => {
  const role = account.value?.role;
  return role === "gis" || role === "admin";
});

type Lists = {
  readonly drafts: readonly DraftSummary[];
  readonly publications: readonly Publication[] | null;
  readonly versions: readonly Version[];
};

/** Drafts can be worked on while the history cannot be read. */
async function fetchLists(): Promise<Lists> {
  const history = Promise.all([fetchPublications(), fetchVersions()]);
  const [listed, past] = await Promise.allSettled([mayEdit.value ? fetchDrafts() : [], history]);
  if (listed.status === "rejected") throw listed.reason;
  if (past.status === "rejected") {
    if (!mayEdit.value) throw past.reason;
    historyProblem.value = problemText(past.reason);
    return { drafts: listed.value, publications: null, versions: [] };
  }
  historyProblem.value = null;
  const [published, known] = past.value;
  return { drafts: listed.value, publications: published, versions: known };
}

let poller: Poller<Lists> | null = null;

/** As long as the start view is open. */
export function watchLists(): () => void {
  const watching = new Poller<Lists>({
    fetch: fetchLists,
    isMoving: (lists) => lists.drafts.some(isMoving),
    onAnswer: (lists) => {
      listProblem.value = null;
      drafts.value = lists.drafts;
      publications.value = lists.publications;
      versions.value = lists.versions;
    },
    onError: (error) => {
      listProblem.value = problemText(error);
    },
  });
  poller = watching;
  void watching.ask();
  return () => watching.stop();
}

export function refreshLists(): void {
  void poller?.ask();
}

/** What a draft may still become. */
export const OPEN_STATES: ReadonlySet<string> = new Set([
  "checking",
  "questions",
  "checked",
  "refused",
  "failed",
  "cancelled",
  "awaiting_approval",
  "publishing",
]);

/** The version of the set that is in use. */
export function currentVersion(set: string): Version | null {
  return versions.value.find((version) => version.set === set && version.status === "published") ?? null;
}
