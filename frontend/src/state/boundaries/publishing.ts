// SPDX-License-Identifier: Apache-2.0
/** Publishing and rolling back as dialogs that stay until the work is done. */

import { signal } from "@preact/signals";
import { fetchJob, publish } from "../../api/boundaries/drafts";
import { rollBack } from "../../api/boundaries/publications";
import { isRunning } from "../../model/boundaries/draft";
import type { Publication } from "../../model/boundaries/published";
import { type Act, type ActEvent, ASKING, act } from "../../model/boundaries/publishing";
import type { Draft, Job } from "../../model/boundaries/types";
import { problemText } from "../account";
import { askAgain } from "./draft";
import { refreshLists } from "./lists";
import { Poller } from "./poll";

export type ActDialog =
  | { readonly what: "publish"; readonly draft: Draft }
  | { readonly what: "rollback"; readonly publication: Publication };

export const dialog = signal<ActDialog | null>(null);
export const acting = signal<Act>(ASKING);

let following: Poller<Job> | null = null;

export function openDialog(wanted: ActDialog): void {
  stopFollowing();
  acting.value = ASKING;
  dialog.value = wanted;
}

/** What runs at the server goes on; the lists show how. */
export function closeDialog(): void {
  stopFollowing();
  dialog.value = null;
  acting.value = ASKING;
}

function stopFollowing(): void {
  following?.stop();
  following = null;
}

function tell(event: ActEvent): void {
  acting.value = act(acting.value, event);
}

export function tryAgain(): void {
  tell({ type: "retry" });
}

export async function confirmDialog(confirm: string, reason: string): Promise<void> {
  const mine = dialog.value;
  if (!mine || acting.value.step !== "asking") return;
  tell({ type: "send" });
  try {
    const job =
      mine.what === "publish"
        ? await publish(mine.draft.id, confirm, reason)
        : await rollBack(mine.publication.id, confirm, reason);
    if (dialog.value !== mine) return;
    tell({ type: "accepted", job });
    if (isRunning(job)) follow(job.id);
    else ended();
  } catch (error) {
    if (dialog.value === mine) tell({ type: "refused", problem: problemText(error) });
  }
}

function follow(id: number): void {
  const poller = new Poller<Job>({
    fetch: () => fetchJob(id),
    isMoving: isRunning,
    onAnswer: (job) => {
      tell({ type: "told", job });
      if (!isRunning(job)) ended();
    },
    onError: () => {},
  });
  following = poller;
  void poller.ask();
}

function ended(): void {
  stopFollowing();
  askAgain();
  refreshLists();
}
