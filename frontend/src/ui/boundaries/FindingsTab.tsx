// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { isEditable, isFresh } from "../../model/boundaries/draft";
import { commonWords } from "../../model/boundaries/findingWords";
import {
  type FindingFilter,
  type FindingGroup,
  groupFindings,
  isWaivable,
  matches,
  SEVERITIES,
} from "../../model/boundaries/review";
import type { Draft } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { busy, change, findings, foundHere, waiveAll } from "../../state/boundaries/draft";
import { focus } from "../../state/boundaries/review";
import { unitsOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { FindingRow } from "./FindingRow";
import { Empty, Filter, SeverityMark } from "./parts";
import { Repairs } from "./Repairs";
import { WaiverForm } from "./WaiverForm";

const FEW = 6;

export function FindingsTab({ draft }: { readonly draft: Draft }) {
  const filter = useSignal<FindingFilter>("all");
  const all = foundHere.value;
  const shown = all.filter(({ finding }) => matches(finding, filter.value));
  const count = (wanted: FindingFilter) => all.filter(({ finding }) => matches(finding, wanted)).length;
  return (
    <>
      <PartOffer draft={draft} />
      <Repairs draft={draft} />
      {!isFresh(draft) && draft.summary && <p class="work-note">{tb("draft.stale")}</p>}
      {findings.value && all.length === 0 && draft.summary && (
        <Empty glyph="check">{tb("finding.none")}</Empty>
      )}
      {!draft.summary && all.length === 0 && <p class="work-note">{tb("draft.noResult")}</p>}
      {all.length > 0 && (
        <Filter<FindingFilter>
          label={tb("finding.filter")}
          value={filter.value}
          options={[
            { value: "all", label: tb("finding.all"), count: all.length },
            { value: "blocking", label: tb("finding.blocking"), count: count("blocking") },
            ...SEVERITIES.map((severity) => ({
              value: severity,
              label: tb(`severity.${severity}`),
              count: count(severity),
            })),
          ]}
          onChange={(wanted) => {
            filter.value = wanted;
          }}
        />
      )}
      {all.length > 0 && shown.length === 0 && <p class="work-note">{tb("finding.emptyFilter")}</p>}
      {groupFindings(shown).map((group) => (
        <Group key={`${group.severity}/${group.code}`} group={group} draft={draft} />
      ))}
    </>
  );
}

/** A survey of one commune lacks all others: that is no fault of it. */
function PartOffer({ draft }: { readonly draft: Draft }) {
  const { base, scope, summary, target } = draft;
  if (!summary || scope || base?.set !== target.set || !isEditable(draft)) return null;
  const found = foundHere.value.filter(({ finding }) => finding.code === "CODE_MISSING_UNIT");
  const missing = new Set(found.flatMap(({ finding }) => finding.units));
  const there = unitsOf(base.set).filter(({ code }) => !missing.has(code));
  if (missing.size === 0 || there.length === 0 || there.length !== summary.units) return null;
  return (
    <div class="part-offer">
      <p>{tb("finding.isPart")}</p>
      <button
        type="button"
        class="button button-primary button-compact"
        disabled={busy.value}
        onClick={() => void change({ scope: there.map(({ code }) => code) })}
      >
        {tb("finding.takePart", { n: there.length })}
      </button>
    </div>
  );
}

function Group({ group, draft }: { readonly group: FindingGroup; readonly draft: Draft }) {
  const id = useId();
  const open = useSignal(false);
  const picked = focus.value;
  const hasPicked =
    picked?.kind === "finding" &&
    group.members.slice(FEW).some((one) => one.finding.number === picked.number);
  const isAll = open.value || hasPicked || group.members.length <= FEW + 1;
  const members = isAll ? group.members : group.members.slice(0, FEW);
  const waivable = group.members.filter(({ finding }) => finding.blocking && isWaivable(finding)).length;
  const common = {
    vi: commonWords(group.members.map(({ finding }) => finding.detail.vi)),
    en: commonWords(group.members.map(({ finding }) => finding.detail.en)),
  };
  return (
    <section class="fgroup">
      <h3 class="fgroup-head" id={id}>
        <SeverityMark severity={group.severity} />
        <span class="fgroup-words">
          {text(common) || tb(`severity.${group.severity}`)}
          <small>
            {tb(`severity.${group.severity}`)} · <code>{group.code}</code>
          </small>
        </span>
        <span class="fgroup-n">{formatNumber(group.members.length, lang.value)}</span>
      </h3>
      {waivable > 1 && isEditable(draft) && (
        <WaiverForm
          open={tb("finding.waiveAll", { n: formatNumber(waivable, lang.value) })}
          save={tb("finding.waiveAllSave")}
          onSave={(why) => waiveAll(group.code, why)}
        />
      )}
      <ul aria-labelledby={id}>
        {members.map(({ finding, geometry }) => (
          <FindingRow
            key={finding.number}
            finding={finding}
            common={common}
            hasPlace={geometry !== null}
            draft={draft}
          />
        ))}
      </ul>
      {!isAll && (
        <button
          type="button"
          class="link fgroup-more"
          onClick={() => {
            open.value = true;
          }}
        >
          {tb("finding.rest", { n: formatNumber(group.members.length - FEW, lang.value) })}
        </button>
      )}
    </section>
  );
}
