// SPDX-License-Identifier: Apache-2.0
/** The legal document: entered once with its PDF, then named by the draft. */

import { signal } from "@preact/signals";
import { type NewLegal, postDocument, postLegal } from "../../api/boundaries/drafts";
import { problemText } from "../account";
import { change } from "./draft";

export type LegalStep =
  | { readonly step: "idle"; readonly problem: string | null }
  | { readonly step: "sending"; readonly share: number };

export const legalStep = signal<LegalStep>({ step: "idle", problem: null });

/** Said of a file that is no longer chosen, or of a form that was closed. */
export function forgetLegalProblem(): void {
  if (legalStep.value.step === "idle") legalStep.value = { step: "idle", problem: null };
}

export async function saveLegal(body: Omit<NewLegal, "file">, pdf: File | null): Promise<boolean> {
  legalStep.value = { step: "sending", share: 0 };
  try {
    const file = pdf
      ? await postDocument(pdf, (share) => {
          legalStep.value = { step: "sending", share };
        })
      : null;
    const made = await postLegal({ ...body, file });
    const done = await change({ legal: made.id });
    legalStep.value = { step: "idle", problem: null };
    return done;
  } catch (error) {
    legalStep.value = { step: "idle", problem: problemText(error) };
    return false;
  }
}
