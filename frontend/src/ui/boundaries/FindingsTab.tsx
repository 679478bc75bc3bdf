// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { isFresh } from "../../model/boundaries/draft";
import {
  type FindingFilter,
  type FindingGroup,
  groupFindings,
  matches,
  SEVERITIES,
} from "../../model/boundaries/review";
import type { Draft } from "../../model/boundaries/types";
import { findings, foundHere } from "../../state/boundaries/draft";
import { focus } from "../../state/boundaries/review";
import { tb } from "../../state/boundaries/words";
import { FindingRow } from "./FindingRow";
import { Empty, Filter, SeverityMark } from "./parts";
import { Repairs } from "./Repairs";

const FEW = 6;

export function FindingsTab({ draft }: { readonly draft: Draft }) {
  const filter = useSignal<FindingFilter>("all");
  const all = foundHere.value;
  const shown = all.filter(({ finding }) => matches(finding, filter.value));
  const count = (wanted: FindingFilter) => all.filter(({ finding }) => matches(finding, wanted)).length;
  return (
    <>
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

function Group({ group, draft }: { readonly group: FindingGroup; readonly draft: Draft }) {
  const open = useSignal(false);
  const picked = focus.value;
  const hasPicked =
    picked?.kind === "finding" &&
    group.members.slice(FEW).some((one) => one.finding.number === picked.number);
  const isAll = open.value || hasPicked || group.members.length <= FEW + 1;
  const members = isAll ? group.members : group.members.slice(0, FEW);
  return (
    <section class="fgroup">
      <h3 class="fgroup-head">
        <SeverityMark severity={group.severity} />
        {tb(`severity.${group.severity}`)}
        <code>{group.code}</code>
        <span class="fgroup-n">{group.members.length}</span>
      </h3>
      <ul>
        {members.map(({ finding, geometry }) => (
          <FindingRow key={finding.number} finding={finding} hasPlace={geometry !== null} draft={draft} />
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
          + {group.members.length - FEW}
        </button>
      )}
    </section>
  );
}
