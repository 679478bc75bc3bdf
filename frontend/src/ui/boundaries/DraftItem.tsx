// SPDX-License-Identifier: Apache-2.0

import { isRunning } from "../../model/boundaries/draft";
import type { DraftSummary } from "../../model/boundaries/types";
import { formatDateTime, formatNumber } from "../../model/format";
import { step, tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { workspace } from "../../state/workspace";
import { SeverityMark, StateChip } from "./parts";

export function DraftItem({ draft }: { readonly draft: DraftSummary }) {
  const { summary, job } = draft;
  const findings = summary?.findings ?? {};
  return (
    <li>
      <button
        type="button"
        class="draft-item"
        data-draft={draft.id}
        onClick={() => {
          workspace.value = { view: "draft", draft: draft.id };
        }}
      >
        <span class="draft-item-head">
          <strong>{draft.title || draft.file.name}</strong>
          <StateChip draft={draft} />
        </span>
        <span class="draft-item-line">
          {isRunning(job)
            ? `${step(job?.step ?? null)}, ${Math.round((job?.share ?? 0) * 100)} %`
            : summary
              ? text(summary.sentence)
              : text(draft.target.title)}
        </span>
        <span class="draft-item-foot">
          {(["reject", "error", "question", "warning"] as const).map((severity) =>
            findings[severity] ? (
              <span key={severity} class="draft-item-count" title={tb(`severity.${severity}`)}>
                <SeverityMark severity={severity} size={11} />
                {formatNumber(findings[severity] ?? 0, lang.value)}
              </span>
            ) : null,
          )}
          <span>{tb("start.by", { name: draft.created_by, time: formatDateTime(draft.created_at) })}</span>
        </span>
      </button>
    </li>
  );
}
