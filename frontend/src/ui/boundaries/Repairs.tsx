// SPDX-License-Identifier: Apache-2.0

import { formatArea } from "../../model/boundaries/measure";
import type { Draft, RepairChoice } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { busy, change, setRepair } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { Glyph } from "../glyphs";
import { Section } from "./parts";

/** What can be repaired without a decision about land, one by one or together, and what each did. */
export function Repairs({ draft }: { readonly draft: Draft }) {
  const shown = draft.available_repairs.filter(({ proposed, applied }) => proposed || applied);
  if (shown.length === 0) return null;
  const may = draft.may.includes("repair") && !busy.value;
  const proposed = shown.filter(({ applied }) => !applied);
  const all = () =>
    void change({ repairs: [...new Set([...draft.repairs, ...proposed.map(({ id }) => id)])] });
  const { summary } = draft;
  return (
    <Section
      title={tb("repair.title")}
      hint={tb("repair.hint")}
      action={
        proposed.length > 1 && (
          <button type="button" class="button button-primary button-compact" disabled={!may} onClick={all}>
            {tb("repair.all", { n: proposed.length })}
          </button>
        )
      }
    >
      <ul class="repairs">
        {shown.map((one) => (
          <Repair key={one.id} repair={one} draft={draft} may={may} />
        ))}
      </ul>
      {summary && summary.area_before_m2 !== null && summary.area_after_m2 !== null && (
        <p class="hint">
          {tb("repair.total", {
            before: formatArea(summary.area_before_m2, lang.value),
            after: formatArea(summary.area_after_m2, lang.value),
          })}
        </p>
      )}
    </Section>
  );
}

type Props = { readonly repair: RepairChoice; readonly draft: Draft; readonly may: boolean };

function Repair({ repair, draft, may }: Props) {
  const effect = draft.effects.find((one) => one.repair === repair.id);
  const did = effect
    ? effect.moved_m2 > 0 || effect.units.length > 0
      ? tb("repair.effect", {
          area: formatArea(effect.moved_m2, lang.value),
          n: formatNumber(effect.units.length, lang.value),
        })
      : tb("repair.none")
    : null;
  return (
    <li class={repair.applied ? "repair repair-applied" : "repair"} data-repair={repair.id}>
      <span class="repair-mark" aria-hidden="true">
        {repair.applied && <Glyph name="check" size={14} />}
      </span>
      <span class="repair-words">
        <span>{text(repair.title)}</span>
        {repair.applied && did && <small>{did}</small>}
      </span>
      <button
        type="button"
        class="button button-outline button-compact"
        disabled={!may}
        onClick={() => void setRepair(repair.id, !repair.applied)}
      >
        {tb(repair.applied ? "repair.undo" : "repair.apply")}
      </button>
    </li>
  );
}
