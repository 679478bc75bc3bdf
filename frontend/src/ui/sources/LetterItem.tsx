// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { formatDateTime } from "../../model/format";
import { reasonOf } from "../../model/sources/reason";
import { shownRecord } from "../../model/sources/record";
import type { DeadLetter } from "../../model/sources/types";
import { detailOf, discard, replay, working } from "../../state/sources/letters";
import { ago, number, tc } from "../../state/sources/words";
import { layerOf, t, text } from "../../state/store";
import { Dialog } from "../Dialog";
import { Glyph } from "../glyphs";

type Props = { readonly source: string; readonly letter: DeadLetter };

export function LetterItem({ source, letter }: Props) {
  const open = useSignal(false);
  const asking = useSignal(false);
  const layer = layerOf(letter.layer);
  const body = `letter-${letter.id}`;
  return (
    <li class="letter" data-letter={letter.id}>
      <button
        type="button"
        class="letter-head"
        aria-expanded={open.value}
        aria-controls={body}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Glyph name="chevron" size={14} />
        <span class="letter-words">
          <span class="letter-detail">
            <b>{tc(`reason.${reasonOf(letter.code)}`)}</b> {detailOf(letter)}
          </span>
          <small>
            <code>{letter.code}</code>
            {[
              layer && text(layer.title),
              tc("letters.seen", { last: ago(letter.last_seen) }),
              letter.times > 1 && tc("letters.times", { n: number(letter.times) }),
            ]
              .filter(Boolean)
              .map((part) => ` · ${part}`)}
          </small>
        </span>
      </button>
      <div class="letter-actions">
        <button
          type="button"
          class="button button-outline"
          disabled={working.value !== null}
          onClick={() => void replay(source, letter)}
        >
          <Glyph name="replay" size={14} />
          {tc(working.value === letter.id ? "letters.replaying" : "letters.replay")}
        </button>
        <button
          type="button"
          class="button button-icon"
          aria-label={tc("letters.discard")}
          title={tc("letters.discard")}
          disabled={working.value !== null}
          onClick={() => {
            asking.value = true;
          }}
        >
          <Glyph name="bin" size={16} />
        </button>
      </div>
      {open.value && <Content letter={letter} id={body} />}
      {asking.value && (
        <DiscardDialog
          onClose={() => {
            asking.value = false;
          }}
          onDiscard={(reason) => void discard(source, letter, reason)}
        />
      )}
    </li>
  );
}

function Content({ letter, id }: { readonly letter: DeadLetter; readonly id: string }) {
  const shown = shownRecord(letter);
  return (
    <div class="letter-body" id={id}>
      <p class="letter-facts">
        {tc("letters.first", { first: formatDateTime(letter.first_seen) })} ·{" "}
        {tc("letters.seen", { last: formatDateTime(letter.last_seen) })} ·{" "}
        {letter.message === null ? tc("letters.noMessage") : tc("letters.message", { n: letter.message })}
      </p>
      {shown.kind === "bytes" && <p class="field-hint">{tc("letters.bytes")}</p>}
      {shown.kind === "nothing" ? (
        <p class="field-hint">{tc("letters.nothing")}</p>
      ) : (
        // A long record scrolls by the keyboard, too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled
        <pre class={`letter-record letter-${shown.kind}`} tabIndex={0}>
          {shown.text}
        </pre>
      )}
    </div>
  );
}

type DiscardProps = { readonly onClose: () => void; readonly onDiscard: (reason: string) => void };

function DiscardDialog({ onClose, onDiscard }: DiscardProps) {
  const reason = useSignal("");
  const ready = reason.value.trim().length > 0;
  return (
    <Dialog title={tc("letters.discardAsk")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          onClose();
          onDiscard(reason.value.trim());
        }}
      >
        <p class="field-hint">{tc("letters.discardNote")}</p>
        <label class="field">
          <span class="field-label">{tc("letters.reason")}</span>
          <input
            class="input"
            name="reason"
            required
            maxLength={500}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        <div class="edit-buttons">
          <button type="submit" class="button button-danger" disabled={!ready}>
            {tc("letters.discard")}
          </button>
          <button type="button" class="button button-outline" onClick={onClose}>
            {t("account.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
