// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { draftReportUrl } from "../../api/boundaries/drafts";
import { EXPORTS, exportUrl } from "../../api/boundaries/publications";
import type { Draft } from "../../model/boundaries/types";
import { formatDateTime } from "../../model/format";
import { account } from "../../state/account";
import { busy, giveApproval, requestApproval, withdraw } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang } from "../../state/store";
import { Glyph } from "../glyphs";
import { LegalSection } from "./LegalSection";
import { Section } from "./parts";
import { ScopeSection } from "./ScopeSection";
import { TargetSection } from "./TargetSection";
import { UnderlaySection } from "./UnderlaySection";

export function DossierTab({ draft }: { readonly draft: Draft }) {
  return (
    <>
      <ScopeSection draft={draft} />
      <TargetSection draft={draft} />
      <LegalSection draft={draft} />
      <UnderlaySection draft={draft} />
      {draft.approval.required && <Approval draft={draft} />}
      {draft.summary && <Reports draft={draft} />}
      {draft.version !== null && <Exports version={draft.version} />}
      {draft.may.includes("withdraw") && <Withdraw />}
    </>
  );
}

function Approval({ draft }: { readonly draft: Draft }) {
  const { asked_by, asked_at, approved_by, approved_at } = draft.approval;
  return (
    <Section title={tb("approval.title")} hint={approved_at ? undefined : tb("approval.needed")}>
      {asked_by && asked_at && <p>{tb("approval.asked", { by: asked_by, at: formatDateTime(asked_at) })}</p>}
      {approved_by && approved_at && (
        <p>{tb("approval.done", { by: approved_by, at: formatDateTime(approved_at) })}</p>
      )}
      {!asked_at && draft.may.includes("ask_approval") && (
        <button
          type="button"
          class="button button-outline"
          disabled={busy.value}
          onClick={() => void requestApproval()}
        >
          {tb("approval.ask")}
        </button>
      )}
      {asked_at && !approved_at && draft.may.includes("approve") && (
        <button
          type="button"
          class="button button-primary"
          disabled={busy.value}
          onClick={() => void giveApproval()}
        >
          {tb("approval.approve")}
        </button>
      )}
      {asked_at && !approved_at && asked_by === account.value?.name && (
        <p class="hint">{tb("approval.other")}</p>
      )}
    </Section>
  );
}

function Reports({ draft }: { readonly draft: Draft }) {
  return (
    <Section title={tb("report.title")}>
      <div class="form-row">
        <a
          class="button button-outline"
          href={draftReportUrl(draft.id, "html", lang.value)}
          target="_blank"
          rel="noopener"
        >
          {tb("report.html")}
        </a>
        <a class="button button-outline" href={draftReportUrl(draft.id, "pdf", lang.value)} download>
          <Glyph name="download" size={16} />
          {tb("report.pdf")}
        </a>
      </div>
    </Section>
  );
}

const SYSTEMS = [
  { crs: "EPSG:4326", key: "export.wgs84" },
  { crs: "EPSG:9213", key: "export.vn2000" },
] as const;

function Exports({ version }: { readonly version: number }) {
  const crs = useSignal<string>(SYSTEMS[0].crs);
  return (
    <Section title={tb("export.title")}>
      <fieldset class="segments segments-small" aria-label={tb("export.crs")}>
        {SYSTEMS.map((system) => (
          <button
            key={system.crs}
            type="button"
            class="segment"
            aria-pressed={crs.value === system.crs}
            onClick={() => {
              crs.value = system.crs;
            }}
          >
            {tb(system.key)}
          </button>
        ))}
      </fieldset>
      <div class="form-row form-wrap">
        {EXPORTS.filter(({ isVn2000 }) => isVn2000 || crs.value === SYSTEMS[0].crs).map(
          ({ format, name }) => (
            <a key={format} class="chip-button" href={exportUrl(version, format, crs.value)} download>
              <Glyph name="download" size={14} />
              {name}
            </a>
          ),
        )}
      </div>
    </Section>
  );
}

function Withdraw() {
  const asking = useSignal(false);
  return (
    <section class="wsection">
      {asking.value ? (
        <>
          <p>{tb("draft.withdrawAsk")}</p>
          <div class="form-row">
            <button
              type="button"
              class="button button-danger"
              disabled={busy.value}
              onClick={() => void withdraw()}
            >
              {tb("draft.withdraw")}
            </button>
            <button
              type="button"
              class="button button-quiet"
              onClick={() => {
                asking.value = false;
              }}
            >
              {tb("work.cancel")}
            </button>
          </div>
        </>
      ) : (
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            asking.value = true;
          }}
        >
          {tb("draft.withdraw")}
        </button>
      )}
    </section>
  );
}
