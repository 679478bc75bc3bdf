// SPDX-License-Identifier: Apache-2.0
/** What a draft needs next, and what stands between it and its publication. */

import type { Answers, Consequence, Draft, Job, Question, QuestionKind } from "./types";

export function isRunning(job: Job | null | undefined): boolean {
  return job?.state === "queued" || job?.state === "running";
}

/** Something happens at the server that the page has to ask for again. */
export function isMoving(draft: Pick<Draft, "state" | "job">): boolean {
  return isRunning(draft.job) || draft.state === "publishing";
}

/** What was found belongs to the inputs that are shown. */
export function isFresh(draft: Draft): boolean {
  return draft.checked_revision === draft.revision;
}

export function openQuestions(draft: Draft): readonly Question[] {
  return draft.questions.filter((question) => question.is_open);
}

/** Of the checks that are done, the latest: when it moves on, findings and changes are read again. */
export function checkKey(draft: Draft): string {
  return `${draft.id}/${draft.checked_revision ?? 0}/${draft.version ?? 0}/${draft.state}`;
}

export const TABS = ["questions", "findings", "changes", "consequences", "dossier"] as const;
export type Tab = (typeof TABS)[number];

/** Where the next step is. */
export function firstTab(draft: Draft): Tab {
  if (openQuestions(draft).length > 0) return "questions";
  if (draft.state === "refused" || (draft.summary?.blocking ?? 0) > 0) return "findings";
  return draft.summary ? "changes" : "findings";
}

export type Obstacle =
  | "moving"
  | "questions"
  | "refused"
  | "unchecked"
  | "blocking"
  | "moved"
  | "legal"
  | "unchanged"
  | "approval"
  | "awaited"
  | "rights";

/** Where a person removes it; the others pass or stay. */
export const REMOVED_IN: Readonly<Partial<Record<Obstacle, Tab>>> = {
  questions: "questions",
  refused: "findings",
  blocking: "findings",
  legal: "dossier",
  approval: "dossier",
  awaited: "dossier",
};

/** Features that come into another unit, into one at all, or into none. */
export function feltBy({ changed, gained, lost }: Consequence): number {
  return changed + (gained ?? 0) + (lost ?? 0);
}

/** In the order in which they are to be removed; empty: it can be published. */
export function obstacles(draft: Draft): readonly Obstacle[] {
  const lawChanges = draft.base !== null && draft.base.set !== draft.target.set;
  const waits = draft.approval.required && !draft.approval.approved_at;
  const found: readonly (readonly [boolean, Obstacle])[] = [
    [isMoving(draft), "moving"],
    [openQuestions(draft).length > 0, "questions"],
    [draft.state === "refused", "refused"],
    [!draft.version || !isFresh(draft), "unchecked"],
    [(draft.summary?.blocking ?? 0) > 0, "blocking"],
    [draft.base?.moved ?? false, "moved"],
    [lawChanges && !draft.legal, "legal"],
    [waits && !draft.approval.asked_at, "approval"],
    [waits && draft.approval.asked_at !== null, "awaited"],
    [!draft.may.includes("publish"), "rights"],
  ];
  const all = found.flatMap(([holds, what]) => (holds ? [what] : []));
  // Who waits for an approval may not publish for that very reason.
  return all.length > 1 ? all.filter((what) => what !== "rights") : all;
}

export function isEditable(draft: Draft): boolean {
  return draft.may.includes("change");
}

/** An answer as the change of the draft's inputs that it is. */
export function answered(draft: Draft, kind: QuestionKind, given: Answers): Answers {
  const { answers } = draft;
  switch (kind) {
    case "crs":
      return { ...answers, crs: given.crs ?? null, swap_axes: given.swap_axes ?? false };
    case "encoding":
      return { ...answers, encoding: given.encoding ?? null };
    case "sheet":
      return { ...answers, sheet: given.sheet ?? null };
    case "fields":
      return { ...answers, fields: { ...given.fields } };
  }
}

export const ROLES = ["code", "name", "type", "parent"] as const;
export type FieldRole = (typeof ROLES)[number];

/** The server recognises the column by its name and its contents. */
export const AUTOMATIC = "@automatic";

export type Mapping = Readonly<Record<FieldRole, string>>;

/** What the columns mean: as answered, else as guessed, else as the server sees it. */
export function mapping(draft: Draft): Mapping {
  const guess = draft.questions.find(({ kind }) => kind === "fields")?.guess ?? {};
  const known = { ...guess, ...draft.answers.fields };
  return {
    code: known.code ?? AUTOMATIC,
    name: known.name ?? AUTOMATIC,
    type: known.type ?? AUTOMATIC,
    parent: known.parent ?? AUTOMATIC,
  };
}

/** What is left to the server is not said. */
export function asFields(chosen: Mapping): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(chosen).filter(([, column]) => column !== AUTOMATIC));
}

/** Both orders are one pair. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

export function withPair(
  pairs: readonly (readonly [string, string])[],
  a: string,
  b: string,
): readonly (readonly [string, string])[] {
  const without = pairs.filter(([one, other]) => pairKey(one, other) !== pairKey(a, b));
  if (without.length < pairs.length) return without;
  return [...pairs, a < b ? [a, b] : [b, a]];
}
