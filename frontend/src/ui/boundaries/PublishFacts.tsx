// SPDX-License-Identifier: Apache-2.0

import { feltBy } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { formatDate, formatNumber } from "../../model/format";
import { foundHere } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { Glyph } from "../glyphs";

function course({ base, target }: Draft): string {
  const date = formatDate(target.valid_from);
  const title = text(target.title);
  if (!base) return tb("publish.first", { target: title, date });
  if (base.set === target.set) return tb("publish.same", { title });
  return tb("publish.new", { target: title, base: text(base.title), date });
}

function moves({ consequences }: Draft): string {
  const felt = (consequences ?? [])
    .filter(({ changed }) => changed > 0)
    .sort((a, b) => b.changed - a.changed);
  if (felt.length === 0) return tb("publish.noMoves");
  const layers = felt.map((one) => `${text(one.title)}: ${formatNumber(feltBy(one), lang.value)}`).join(", ");
  const n = felt.reduce((sum, one) => sum + feltBy(one), 0);
  return tb("publish.moves", { n: formatNumber(n, lang.value), layers });
}

function basis({ legal }: Draft): string {
  if (!legal) return tb("publish.noBasis");
  const date = formatDate(legal.effective_on);
  return tb("publish.basis", { number: legal.number, issuer: legal.issuer, date });
}

/** Everything that is about to happen, in sentences. */
export function PublishFacts({ draft }: { readonly draft: Draft }) {
  const warnings = draft.summary?.findings.warning ?? 0;
  const waived = foundHere.value.filter(({ finding }) => finding.waiver).length;
  const cautions = [
    warnings > 0 && tb("publish.warnings", { n: warnings }),
    waived > 0 && tb("publish.waived", { n: waived }),
    draft.unagreed.length > 0 && tb("publish.unagreed", { n: draft.unagreed.length }),
  ].filter((words): words is string => words !== false);
  return (
    <div class="act-facts">
      {draft.summary && <p class="act-sentence">{text(draft.summary.sentence)}</p>}
      <ul>
        {[course(draft), moves(draft), basis(draft)].map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {cautions.map((words) => (
        <p key={words} class="act-caution">
          <Glyph name="warning" size={16} />
          {words}
        </p>
      ))}
    </div>
  );
}
