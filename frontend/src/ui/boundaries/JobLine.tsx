// SPDX-License-Identifier: Apache-2.0
import { isRunning } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { busy, cancel, checkAgain, isOffline, stopping } from "../../state/boundaries/draft";
import { problemWords, step, tb } from "../../state/boundaries/words";
import { Glyph } from "../glyphs";

/** What the server is doing with this draft, or why it stopped. */
export function JobLine({ draft }: { readonly draft: Draft }) {
  const { job } = draft;
  if (job && isRunning(job)) {
    const isStopping = stopping.value === job.id;
    const words = job.state === "queued" ? tb("job.queued") : step(job.step);
    return (
      <div class="job" role="status">
        <div class="job-words">
          <span class="spinner" aria-hidden="true" />
          <span>{isOffline.value ? tb("job.offline") : words}</span>
          <span class="job-share">{Math.round(job.share * 100)} %</span>
          {draft.may.includes("cancel") && (
            <button
              type="button"
              class="button button-outline"
              disabled={busy.value || isStopping}
              onClick={() => void cancel()}
            >
              {tb(isStopping ? "job.cancelling" : "job.cancel")}
            </button>
          )}
        </div>
        <progress class="progress" max={1} {...(job.state === "queued" ? {} : { value: job.share })} />
      </div>
    );
  }
  if (job?.state !== "failed" && job?.state !== "cancelled") return null;
  const stopped = job.state === "cancelled";
  return (
    <div class={stopped ? "job job-stopped" : "job job-failed"} role="alert">
      <div class="job-words">
        <Glyph name="warning" size={18} />
        <span>
          <strong>{tb(stopped ? "job.cancelled" : "job.failed")}</strong>
          {job.problem && <span class="job-problem">{problemWords(job.problem)}</span>}
        </span>
        {draft.may.includes("change") && job.kind === "check" && (
          <button
            type="button"
            class="button button-outline"
            disabled={busy.value}
            onClick={() => void checkAgain()}
          >
            {tb("job.again")}
          </button>
        )}
      </div>
    </div>
  );
}
