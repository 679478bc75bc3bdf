// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { isEditable, pairKey, withPair } from "../../model/boundaries/draft";
import { borderPairs, changeName } from "../../model/boundaries/review";
import type { Draft } from "../../model/boundaries/types";
import { busy, change, rows } from "../../state/boundaries/draft";
import { nameOf, unitsOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { Glyph } from "../glyphs";
import { SelectField } from "./fields";
import { Section } from "./parts";

type Option = { readonly value: string; readonly label: string };

/** What the draft's units are called, those whose border moved first. */
function options(draft: Draft): readonly Option[] {
  const found = new Map<string, string>();
  for (const { change: one } of rows.value) if (one.code_after) found.set(one.code_after, changeName(one));
  if (draft.base?.set === draft.target.set)
    for (const { code, name } of unitsOf(draft.base.set)) if (!found.has(code)) found.set(code, name);
  return [...found].map(([value, label]) => ({ value, label: `${label} (${value})` }));
}

export function Unagreed({ draft }: { readonly draft: Draft }) {
  const adding = useSignal<readonly [string, string] | null>(null);
  const may = isEditable(draft) && !busy.value;
  if (draft.unagreed.length === 0 && !isEditable(draft)) return null;
  const save = (a: string, b: string) => void change({ unagreed: withPair(draft.unagreed, a, b) });
  const all = options(draft);
  const begin = () => {
    const marked = new Set(draft.unagreed.map(([a, b]) => pairKey(a, b)));
    const next = borderPairs(rows.value).find(
      ([a, b]) => !marked.has(pairKey(a.code_after ?? "", b.code_after ?? "")),
    );
    adding.value = next
      ? [next[0].code_after ?? "", next[1].code_after ?? ""]
      : [all[0]?.value ?? "", all[1]?.value ?? ""];
  };
  return (
    <Section
      title={tb("unagreed.title")}
      hint={tb("unagreed.hint")}
      action={
        isEditable(draft) &&
        !adding.value &&
        all.length > 1 && (
          <button type="button" class="button button-outline button-compact" disabled={!may} onClick={begin}>
            {tb("unagreed.add")}
          </button>
        )
      }
    >
      <ul class="pairs">
        {draft.unagreed.map(([a, b]) => (
          <li key={pairKey(a, b)}>
            <span class="pair-line" aria-hidden="true" />
            <span>{tb("unagreed.pair", { a: nameOf(a), b: nameOf(b) })}</span>
            {isEditable(draft) && (
              <button
                type="button"
                class="button button-icon"
                disabled={!may}
                aria-label={tb("unagreed.remove", { a: nameOf(a), b: nameOf(b) })}
                title={tb("unagreed.remove", { a: nameOf(a), b: nameOf(b) })}
                onClick={() => save(a, b)}
              >
                <Glyph name="close" size={14} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {adding.value && (
        <PairForm
          all={all}
          pair={adding.value}
          disabled={!may}
          onChange={(pair) => {
            adding.value = pair;
          }}
          onSave={([a, b]) => {
            save(a, b);
            adding.value = null;
          }}
          onCancel={() => {
            adding.value = null;
          }}
        />
      )}
    </Section>
  );
}

type PairProps = {
  readonly all: readonly Option[];
  readonly pair: readonly [string, string];
  readonly disabled: boolean;
  readonly onChange: (pair: readonly [string, string]) => void;
  readonly onSave: (pair: readonly [string, string]) => void;
  readonly onCancel: () => void;
};

function PairForm({ all, pair, disabled, onChange, onSave, onCancel }: PairProps) {
  const [a, b] = pair;
  return (
    <form
      class="pair-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(pair);
      }}
    >
      <SelectField
        label={tb("unagreed.first")}
        value={a}
        options={all}
        onChange={(one) => onChange([one, b])}
      />
      <SelectField
        label={tb("unagreed.second")}
        value={b}
        options={all}
        onChange={(one) => onChange([a, one])}
      />
      <div class="form-row">
        <button type="submit" class="button button-outline" disabled={disabled || a === b || !a || !b}>
          {tb("unagreed.mark")}
        </button>
        <button type="button" class="button button-quiet" onClick={onCancel}>
          {tb("work.cancel")}
        </button>
      </div>
    </form>
  );
}
