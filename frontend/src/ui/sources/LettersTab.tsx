// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
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
  const chosen = chosenCode.value;
  const n = chosen === null ? all : (codes.value[chosen] ?? 0);
  const busy = working.value === "all";
  const options: readonly (readonly [string | null, number])[] = [
    [null, all],
    ...Object.entries(codes.value).sort((a, b) => b[1] - a[1]),
  ];
  return (
    <div class="letters-head">
      <fieldset class="src-filter" aria-label={tc("letters.codes")}>
        {options.map(([code, count]) => (
          <button
            key={code ?? ""}
            type="button"
            class="src-chip"
            aria-pressed={code === chosen}
            onClick={() => void loadLetters(source, code)}
          >
            {code ?? tc("letters.all")} <strong>{number(count)}</strong>
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        class="button button-primary letters-all"
        disabled={working.value !== null || n === 0}
        onClick={() => void replayCode(source, chosen)}
      >
        <Glyph name="replay" size={16} />
        {busy ? tc("letters.replaying") : tc("letters.replayAll", { n: number(n) })}
      </button>
      {busy && <progress class="progress" aria-label={tc("letters.replaying")} />}
    </div>
  );
}
