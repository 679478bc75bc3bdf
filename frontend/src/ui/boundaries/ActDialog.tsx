// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { isConfirmed, MIN_REASON } from "../../model/boundaries/publishing";
import { formatDateTime } from "../../model/format";
import {
  type ActDialog as Asked,
  acting,
  closeDialog,
  confirmDialog,
  tryAgain,
} from "../../state/boundaries/publishing";
import { problemWords, step, tb } from "../../state/boundaries/words";
import { sets, text } from "../../state/store";
import { Dialog } from "../Dialog";
import { FormProblem } from "../SignIn";
import { ActDone } from "./ActDone";
import { PublishFacts } from "./PublishFacts";

function targetOf(asked: Asked): string {
  return asked.what === "publish" ? asked.draft.target.set : asked.publication.unit_set;
}

/** Says again what will happen, asks to type the set's id, and stays until it has happened. */
export function ActDialog({ asked }: { readonly asked: Asked }) {
  const now = acting.value;
  return (
    <Dialog title={tb(`${asked.what}.title`)} onClose={closeDialog}>
      <div class="act" data-step={now.step}>
        {(now.step === "asking" || now.step === "sending") && <Ask asked={asked} />}
        {now.step === "working" && (
          <div class="act-working" role="status">
            <p>{now.job.state === "queued" ? tb("job.queued") : step(now.job.step)}</p>
            <progress
              class="progress"
              max={1}
              {...(now.job.state === "queued" ? {} : { value: now.job.share })}
            />
            <p class="hint">{tb(asked.what === "publish" ? "publish.going" : "rollback.going")}</p>
          </div>
        )}
        {now.step === "done" && <ActDone asked={asked} />}
        {now.step === "failed" && (
          <div class="stack">
            <p>{tb(asked.what === "publish" ? "publish.failed" : "rollback.failed")}</p>
            <FormProblem text={problemWords(now.problem) || null} />
            <div class="form-row">
              <button type="button" class="button button-primary" onClick={tryAgain}>
                {tb("work.retry")}
              </button>
              <button type="button" class="button button-quiet" onClick={closeDialog}>
                {tb("publish.back")}
              </button>
            </div>
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Ask({ asked }: { readonly asked: Asked }) {
  const id = useId();
  const typed = useSignal("");
  const reason = useSignal("");
  const set = targetOf(asked);
  const isPublish = asked.what === "publish";
  const now = acting.value;
  const sending = now.step === "sending";
  const hasReason = isPublish || reason.value.trim().length >= MIN_REASON;
  const submit = (event: Event) => {
    event.preventDefault();
    if (isConfirmed(typed.value, set) && hasReason) void confirmDialog(set, reason.value.trim());
  };
  return (
    <form class="stack" onSubmit={submit}>
      {asked.what === "publish" ? <PublishFacts draft={asked.draft} /> : <RollbackFacts asked={asked} />}
      <div class="field">
        <label for={`${id}r`}>{tb(isPublish ? "publish.reason" : "rollback.reason")}</label>
        <textarea
          id={`${id}r`}
          class="input"
          name="reason"
          rows={2}
          maxLength={2000}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="field">
        <label for={`${id}c`}>
          <Confirmation words={tb(isPublish ? "publish.confirm" : "rollback.confirm")} set={set} />
        </label>
        <input
          id={`${id}c`}
          class="input act-confirm"
          name="confirm"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </div>
      <FormProblem text={now.step === "asking" ? now.problem : null} />
      <div class="form-row form-end">
        <button type="button" class="button button-quiet" onClick={closeDialog}>
          {tb("work.cancel")}
        </button>
        <button
          type="submit"
          class={isPublish ? "button button-primary" : "button button-danger"}
          disabled={sending || !isConfirmed(typed.value, set) || !hasReason}
        >
          {tb(
            sending
              ? isPublish
                ? "publish.going"
                : "rollback.going"
              : isPublish
                ? "publish.go"
                : "rollback.go",
          )}
        </button>
      </div>
    </form>
  );
}

/** The id stands out: it is to be typed as it is. */
function Confirmation({ words, set }: { readonly words: string; readonly set: string }) {
  const [head = "", tail = ""] = words.split("{set}");
  return (
    <>
      {head}
      <code class="act-code">{set}</code>
      {tail}
    </>
  );
}

function RollbackFacts({ asked }: { readonly asked: Extract<Asked, { what: "rollback" }> }) {
  const { unit_set, at } = asked.publication;
  const known = sets.value.find(({ id }) => id === unit_set);
  return <p>{tb("rollback.what", { set: known ? text(known.title) : unit_set, at: formatDateTime(at) })}</p>;
}
