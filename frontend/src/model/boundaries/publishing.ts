// SPDX-License-Identifier: Apache-2.0
/** The steps of a dialog that asks to type a name, does something long, and says how it went. */

import type { Job, Problem } from "./types";

export type Act =
  | { readonly step: "asking"; readonly problem: string | null }
  | { readonly step: "sending" }
  | { readonly step: "working"; readonly job: Job }
  | { readonly step: "done"; readonly job: Job }
  | { readonly step: "failed"; readonly problem: Problem | null };

export type ActEvent =
  | { readonly type: "send" }
  | { readonly type: "accepted"; readonly job: Job }
  | { readonly type: "refused"; readonly problem: string }
  | { readonly type: "told"; readonly job: Job }
  | { readonly type: "retry" };

export const ASKING: Act = { step: "asking", problem: null };

export function act(now: Act, event: ActEvent): Act {
  switch (event.type) {
    case "send":
      return now.step === "asking" ? { step: "sending" } : now;
    case "refused":
      return now.step === "sending" ? { step: "asking", problem: event.problem } : now;
    case "accepted":
    case "told":
      return now.step === "sending" || now.step === "working" ? afterJob(event.job) : now;
    case "retry":
      return now.step === "failed" ? ASKING : now;
  }
}

function afterJob(job: Job): Act {
  switch (job.state) {
    case "queued":
    case "running":
      return { step: "working", job };
    case "done":
      return { step: "done", job };
    case "failed":
    case "cancelled":
      return { step: "failed", problem: job.problem };
  }
}

/** Typed exactly, but for blanks around it. */
export function isConfirmed(typed: string, wanted: string): boolean {
  return typed.trim() === wanted;
}

export const MIN_REASON = 3;
