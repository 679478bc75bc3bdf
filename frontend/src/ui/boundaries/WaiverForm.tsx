// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { MIN_REASON } from "../../model/boundaries/publishing";
import { busy } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";

type Props = {
  /** What the link says that opens the form. */
  readonly open: string;
  readonly save: string;
  /** True when it is done. */
  readonly onSave: (why: string) => Promise<boolean>;
};

/** A link that becomes a form: nothing is accepted without a written reason. */
export function WaiverForm({ open, save, onSave }: Props) {
  const id = useId();
  const why = useSignal<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const isOpen = why.value !== null;
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  const close = () => {
    why.value = null;
  };
  if (why.value === null) {
    return (
      <button
        type="button"
        class="link finding-waive"
        onClick={() => {
          why.value = "";
        }}
      >
        {open}
      </button>
    );
  }
  return (
    <form
      class="waiver-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave(why.value?.trim() ?? "").then((done) => {
          if (done) close();
        });
      }}
    >
      <label for={id}>{tb("finding.waiveWhy")}</label>
      <input
        id={id}
        ref={field}
        class="input"
        value={why.value}
        maxLength={2000}
        onInput={(event) => {
          why.value = event.currentTarget.value;
        }}
      />
      <div class="form-row">
        <button
          type="submit"
          class="button button-outline"
          disabled={busy.value || why.value.trim().length < MIN_REASON}
        >
          {save}
        </button>
        <button type="button" class="button button-quiet" onClick={close}>
          {tb("work.cancel")}
        </button>
      </div>
    </form>
  );
}
