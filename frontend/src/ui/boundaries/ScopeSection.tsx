// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { isEditable } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { busy, change } from "../../state/boundaries/draft";
import { nameOf, unitsOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { Section } from "./parts";

const plain = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll(/[đĐ]/g, "d").toLowerCase();

/** The whole set, or the units that a survey was about. */
export function ScopeSection({ draft }: { readonly draft: Draft }) {
  const id = useId();
  const chosen = useSignal<readonly string[] | null>(draft.scope);
  const search = useSignal("");
  const may = isEditable(draft) && !busy.value;
  const units = unitsOf(draft.base?.set);
  const picked = chosen.value;
  const isSame =
    JSON.stringify(picked && [...picked].sort()) === JSON.stringify(draft.scope && [...draft.scope].sort());
  if (!isEditable(draft)) {
    const words = draft.scope ? draft.scope.map((code) => nameOf(code)).join(", ") : tb("scope.whole");
    return (
      <Section title={tb("scope.title")}>
        <p>{words}</p>
      </Section>
    );
  }
  const wanted = plain(search.value.trim());
  // What is in the scope is seen without scrolling; it does not jump while one chooses.
  const inScope = (code: string) => Number(!draft.scope?.includes(code));
  const shown = units
    .filter(({ code, name }) => !wanted || plain(`${name} ${code}`).includes(wanted))
    .sort((a, b) => inScope(a.code) - inScope(b.code));
  const toggle = (code: string) => {
    const now = picked ?? [];
    chosen.value = now.includes(code) ? now.filter((other) => other !== code) : [...now, code];
  };
  return (
    <Section title={tb("scope.title")} hint={picked ? tb("scope.hint") : undefined}>
      <div class="radios">
        <label>
          <input
            type="radio"
            name={id}
            checked={picked === null}
            disabled={!may}
            onChange={() => {
              chosen.value = null;
            }}
          />
          {tb("scope.whole")}
        </label>
        <label>
          <input
            type="radio"
            name={id}
            checked={picked !== null}
            disabled={!may || !draft.base}
            onChange={() => {
              chosen.value = draft.scope ?? [];
            }}
          />
          {tb("scope.part")}
        </label>
      </div>
      {picked && (
        <>
          <input
            class="input"
            type="search"
            value={search.value}
            placeholder={tb("scope.search")}
            aria-label={tb("scope.search")}
            onInput={(event) => {
              search.value = event.currentTarget.value;
            }}
          />
          <ul class="scope-units">
            {shown.map(({ code, name }) => (
              <li key={code}>
                <label>
                  <input
                    type="checkbox"
                    checked={picked.includes(code)}
                    disabled={!may}
                    onChange={() => toggle(code)}
                  />
                  <span>{name}</span>
                  <small>{code}</small>
                </label>
              </li>
            ))}
          </ul>
        </>
      )}
      {isSame && picked && <p class="hint">{tb("scope.chosen", { n: picked.length })}</p>}
      {!isSame && (
        <div class="form-row">
          <button
            type="button"
            class="button button-primary button-compact"
            disabled={!may || picked?.length === 0}
            onClick={() => void change({ scope: picked })}
          >
            {tb("scope.save")}
          </button>
          {picked && <span class="hint">{tb("scope.chosen", { n: picked.length })}</span>}
        </div>
      )}
    </Section>
  );
}
