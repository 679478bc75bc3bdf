// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
import { reasonOf } from "../../model/sources/reason";
import type { Source } from "../../model/sources/types";
import {
  chosenCode,
  codes,
  hasMore,
  letters,
  lettersProblem,
  loadLetters,
  moreLetters,
  replayCode,
  working,
} from "../../state/sources/letters";
import { number, tc } from "../../state/sources/words";
import { Glyph } from "../glyphs";
import { LetterItem } from "./LetterItem";
import { Empty } from "./parts";

export function LettersTab({ source }: { readonly source: Source }) {
  // What came meanwhile is counted by the list of sources first.
  useEffect(() => {
    if (working.value === null) void loadLetters(source.id);
  }, [source.id, source.dead_letters]);
  if (lettersProblem.value) {
    return (
      <div class="src-problem" role="alert">
        <Glyph name="warning" size={18} />
        <p>{lettersProblem.value}</p>
        <button type="button" class="button button-outline" onClick={() => void loadLetters(source.id)}>
          {tc("page.retry")}
        </button>
      </div>
    );
  }
  if (!letters.value) {
    return (
      <div class="src-waiting" role="status">
        <span class="spinner" aria-hidden="true" />
        {tc("letters.loading")}
      </div>
    );
  }
  if (letters.value.length === 0 && chosenCode.value === null)
    return (
      <Empty glyph="check" title={tc("letters.none")}>
        {tc("letters.noneHint")}
      </Empty>
    );
  return (
    <>
      <Codes source={source.id} />
      <ul class="letters">
        {letters.value.map((letter) => (
          <LetterItem key={letter.id} source={source.id} letter={letter} />
        ))}
      </ul>
      {hasMore.value && (
        <button
          type="button"
          class="button button-outline letters-more"
          onClick={() => void moreLetters(source.id)}
        >
          {tc("letters.more")}
        </button>
      )}
    </>
  );
}

function Codes({ source }: { readonly source: string }) {
  const all = Object.values(codes.value).reduce((sum, n) => sum + n, 0);
  const busy = working.value === "all";
  const listed = Object.entries(codes.value).sort((a, b) => b[1] - a[1]);
  return (
    <section class="letters-head" aria-label={tc("letters.codes")}>
      <ul class="codes">
        <CodeRow source={source} code={null} count={all} />
        {listed.length > 1 &&
          listed.map(([code, count]) => <CodeRow key={code} source={source} code={code} count={count} />)}
      </ul>
      {busy && <progress class="progress" aria-label={tc("letters.replaying")} />}
    </section>
  );
}

type CodeProps = { readonly source: string; readonly code: string | null; readonly count: number };

function CodeRow({ source, code, count }: CodeProps) {
  const reason = code === null ? tc("letters.all") : tc(`reason.${reasonOf(code)}`);
  return (
    <li class="codes-row">
      <button
        type="button"
        class="codes-choose"
        aria-pressed={code === chosenCode.value}
        onClick={() => void loadLetters(source, code)}
      >
        <span>{reason}</span>
        {code !== null && <code>{code}</code>}
        <strong>{number(count)}</strong>
      </button>
      <button
        type="button"
        class={code === null ? "button button-primary" : "button button-icon"}
        {...(code !== null && { "aria-label": tc("letters.replayOf", { n: number(count), reason: code }) })}
        title={tc("letters.replayOf", { n: number(count), reason: code ?? reason })}
        disabled={working.value !== null || count === 0}
        onClick={() => void replayCode(source, code)}
      >
        <Glyph name="replay" size={16} />
        {code === null && tc(working.value === "all" ? "letters.replaying" : "letters.replayAll")}
      </button>
    </li>
  );
}
