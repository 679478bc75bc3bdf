// SPDX-License-Identifier: Apache-2.0

import { EXPORTS, exportUrl, publicationReportUrl } from "../../api/boundaries/publications";
import type { Publication } from "../../model/boundaries/published";
import { formatDate, formatDateTime } from "../../model/format";
import { currentVersion, drafts, mayEdit } from "../../state/boundaries/lists";
import { openDialog } from "../../state/boundaries/publishing";
import { compare, compared } from "../../state/boundaries/review";
import { tb } from "../../state/boundaries/words";
import { lang, sets, text } from "../../state/store";
import { workspace } from "../../state/workspace";
import { Glyph } from "../glyphs";

export function History({ all }: { readonly all: readonly Publication[] }) {
  if (all.length === 0) return <p class="hint">{tb("start.noHistory")}</p>;
  return (
    <ol class="history">
      {all.map((one) => (
        <Entry key={one.id} publication={one} />
      ))}
    </ol>
  );
}

function setTitle(id: string): string {
  const set = sets.value.find((one) => one.id === id);
  const planned = drafts.value?.find(({ target }) => target.set === id)?.target;
  const title = set?.title ?? planned?.title;
  return title ? text(title) : id;
}

/** From when the set is no longer in force, if that is past. */
function endOf(id: string): string | null {
  const end = sets.value.find((one) => one.id === id)?.valid_to ?? null;
  return end !== null && Date.parse(end) <= Date.now() ? end : null;
}

function Entry({ publication }: { readonly publication: Publication }) {
  const { id, kind, at, by, approved_by, unit_set, version, number, effective_from, legal, reverts } =
    publication;
  const isSame = version !== null && currentVersion(unit_set)?.id === version;
  const isCurrent = isSame && kind !== "rollback";
  const isShown = compared.value?.id === id;
  const ended = endOf(unit_set);
  return (
    <li class={isShown ? "entry entry-shown" : "entry"} data-publication={id}>
      <div class="entry-head">
        <span class={`entry-kind entry-${kind}`}>{tb(`history.${kind}`)}</span>
        <strong>{setTitle(unit_set)}</strong>
        {number !== null && <span class="entry-number">{tb("draft.number", { n: number })}</span>}
        {isCurrent && !ended && <span class="state state-good">{tb("history.current")}</span>}
        {isCurrent && ended && (
          <span class="state state-over">{tb("history.ended", { date: formatDate(ended) })}</span>
        )}
      </div>
      <p class="entry-line">
        {[
          tb("history.by", { by, at: formatDateTime(at) }),
          approved_by && tb("history.approved", { by: approved_by }),
          effective_from && tb("history.effective", { date: formatDate(effective_from) }),
          reverts !== null && tb("history.reverts", { n: reverts }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {legal && <p class="entry-line">{tb("legal.line", { number: legal.number, issuer: legal.issuer })}</p>}
      {publication.reason && <p class="entry-line entry-reason">“{publication.reason}”</p>}
      <Actions publication={publication} isSame={isSame} isShown={isShown} />
    </li>
  );
}

type ActionProps = {
  readonly publication: Publication;
  readonly isSame: boolean;
  readonly isShown: boolean;
};

function Actions({ publication, isSame, isShown }: ActionProps) {
  const { id, kind, version, draft } = publication;
  return (
    <div class="entry-actions">
      {version !== null && !isSame && (
        <button
          type="button"
          class="chip-button"
          aria-pressed={isShown}
          onClick={() => compare(isShown ? null : publication)}
        >
          <Glyph name="split" size={14} />
          {tb("history.show")}
        </button>
      )}
      {kind !== "import" && (
        <>
          <a
            class="chip-button"
            href={publicationReportUrl(id, "html", lang.value)}
            target="_blank"
            rel="noopener"
          >
            {tb("history.report")}
          </a>
          <a class="chip-button" href={publicationReportUrl(id, "pdf", lang.value)} download>
            {tb("history.pdf")}
          </a>
        </>
      )}
      {version !== null && <ExportMenu version={version} label={tb("history.actions", { n: id })} />}
      {draft !== null && mayEdit.value && (
        <button
          type="button"
          class="chip-button"
          onClick={() => {
            workspace.value = { view: "draft", draft };
          }}
        >
          {tb("history.draft")}
        </button>
      )}
      {publication.may.includes("roll_back") && (
        <button
          type="button"
          class="chip-button chip-danger"
          onClick={() => openDialog({ what: "rollback", publication })}
        >
          <Glyph name="undo" size={14} />
          {tb("rollback.button")}
        </button>
      )}
    </div>
  );
}

function ExportMenu({ version, label }: { readonly version: number; readonly label: string }) {
  return (
    <details class="export-menu">
      <summary class="chip-button" aria-label={`${tb("export.title")}. ${label}`}>
        <Glyph name="download" size={14} />
        {tb("history.export")}
      </summary>
      <div class="export-links">
        {EXPORTS.map(({ format, name, isVn2000 }) => (
          <span key={format}>
            <a class="link" href={exportUrl(version, format, "EPSG:4326")} download>
              {name}
            </a>
            {isVn2000 && (
              <a class="link link-soft" href={exportUrl(version, format, "EPSG:9213")} download>
                VN-2000
              </a>
            )}
          </span>
        ))}
      </div>
    </details>
  );
}
