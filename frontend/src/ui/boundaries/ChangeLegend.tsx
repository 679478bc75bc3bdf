// SPDX-License-Identifier: Apache-2.0

import { formatArea } from "../../model/boundaries/measure";
import { CHANGE_KINDS, SEVERITIES } from "../../model/boundaries/review";
import type { Draft } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { draft, foundHere, tab } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang } from "../../state/store";
import { workspace } from "../../state/workspace";
import { SeverityMark } from "./parts";

/** The colours of the map with their numbers. */
export function ChangeLegend() {
  const shown = draft.value;
  if (workspace.value?.view !== "draft" || !shown) return null;
  if (tab.value === "findings" || tab.value === "questions") return <FindingLegend />;
  return shown.summary ? <Legend draft={shown} /> : null;
}

function Legend({ draft: shown }: { readonly draft: Draft }) {
  const { summary } = shown;
  if (!summary) return null;
  return (
    <section class="rlegend" aria-label={tb("map.legend")}>
      <h3>{tb("map.legend")}</h3>
      <ul>
        {CHANGE_KINDS.map((kind) => {
          const n = summary.changes[kind] ?? 0;
          return n > 0 ? (
            <li key={kind} data-kind={kind}>
              <span class={`kind-dot kind-${kind}`} aria-hidden="true" />
              {tb(`kind.${kind}`)}
              <strong>{formatNumber(n, lang.value)}</strong>
            </li>
          ) : null;
        })}
        <li data-kind="unchanged">
          <span class="kind-dot" aria-hidden="true" />
          {tb("map.same")}
          <strong>{formatNumber(summary.unchanged, lang.value)}</strong>
        </li>
      </ul>
      <ul class="rlegend-ground">
        <li>
          <span class="swatch swatch-area ground-won" aria-hidden="true" />
          {tb("map.won")}
          <strong>{formatArea(summary.won_m2, lang.value)}</strong>
        </li>
        <li>
          <span class="swatch swatch-area ground-lost" aria-hidden="true" />
          {tb("map.lost")}
          <strong>{formatArea(summary.lost_m2, lang.value)}</strong>
        </li>
        {shown.unagreed.length > 0 && (
          <li>
            <span class="pair-line" aria-hidden="true" />
            {tb("map.unagreed")}
            <strong>{formatNumber(shown.unagreed.length, lang.value)}</strong>
          </li>
        )}
      </ul>
    </section>
  );
}

function FindingLegend() {
  const counts = SEVERITIES.flatMap((severity) => {
    const n = foundHere.value.filter(
      ({ finding, geometry }) => geometry && finding.severity === severity,
    ).length;
    return n > 0 ? [{ severity, n }] : [];
  });
  if (counts.length === 0) return null;
  return (
    <section class="rlegend" aria-label={tb("tab.findings")}>
      <h3>{tb("tab.findings")}</h3>
      <ul>
        {counts.map(({ severity, n }) => (
          <li key={severity}>
            <SeverityMark severity={severity} size={12} />
            {tb(`severity.${severity}`)}
            <strong>{formatNumber(n, lang.value)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
