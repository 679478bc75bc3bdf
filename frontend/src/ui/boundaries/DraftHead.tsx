// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from "../../model/boundaries/measure";
import type { Draft } from "../../model/boundaries/types";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { openWorkspace } from "../../state/workspace";
import { Glyph } from "../glyphs";
import { StateChip } from "./parts";

export function BackToList() {
  return (
    <button type="button" class="work-back" onClick={openWorkspace}>
      <Glyph name="back" size={16} />
      {tb("work.start")}
    </button>
  );
}

function course({ base, target }: Draft): string {
  if (!base) return tb("draft.first", { target: text(target.title) });
  const from =
    base.number === null
      ? text(base.title)
      : `${text(base.title)}, ${tb("draft.number", { n: base.number })}`;
  if (base.set === target.set) return tb("draft.same", { base: from });
  return tb("draft.target", { base: from, target: text(target.title) });
}

export function DraftHead({ draft }: { readonly draft: Draft }) {
  const named = draft.title && draft.title !== draft.file.name;
  const facts = [named && draft.file.name, formatBytes(draft.file.size_bytes, lang.value), draft.producer];
  return (
    <header class="work-head draft-head">
      <BackToList />
      <div class="draft-title">
        <h2 title={draft.title}>{draft.title || draft.file.name}</h2>
        <StateChip draft={draft} />
      </div>
      {draft.summary && <p class="draft-sentence">{text(draft.summary.sentence)}</p>}
      <p class="draft-facts">{facts.filter(Boolean).join(" · ")}</p>
      <p class="draft-facts">{course(draft)}</p>
    </header>
  );
}
