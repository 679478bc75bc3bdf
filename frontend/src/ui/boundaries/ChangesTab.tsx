// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isFresh } from "../../model/boundaries/draft";
import { formatArea, formatAreaChange, formatLength } from "../../model/boundaries/measure";
import {
  CHANGE_KINDS,
  type ChangeFilter,
  type ChangeRow,
  changeName,
  fullName,
  showsChange,
} from "../../model/boundaries/review";
import type { Change, Draft } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { changes, rows } from "../../state/boundaries/draft";
import { focus, goTo } from "../../state/boundaries/review";
import { nameOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { lang } from "../../state/store";
import { Empty, Filter } from "./parts";
import { Unagreed } from "./Unagreed";

/** Less is the roughness of drawing. */
const WHOLE = 0.9995;

export function ChangesTab({ draft }: { readonly draft: Draft }) {
  const filter = useSignal<ChangeFilter>("all");
  const all = rows.value;
  const shown = all.filter(({ change }) => showsChange(change, filter.value));
  const count = (wanted: ChangeFilter) => all.filter(({ change }) => showsChange(change, wanted)).length;
  const { summary } = draft;
  if (!summary) return <p class="work-note">{tb("draft.noResult")}</p>;
  return (
    <>
      {!isFresh(draft) && <p class="work-note">{tb("draft.stale")}</p>}
      {changes.value && all.length === 0 && <Empty glyph="check">{tb("change.none")}</Empty>}
      {all.length > 0 && (
        <>
          <Filter<ChangeFilter>
            label={tb("change.filter")}
            value={filter.value}
            options={[
              { value: "all", label: tb("finding.all"), count: all.length },
              ...CHANGE_KINDS.map((kind) => ({ value: kind, label: tb(`kind.${kind}`), count: count(kind) })),
              { value: "neighbours", label: tb("change.neighbours"), count: count("neighbours") },
            ]}
            onChange={(wanted) => {
              filter.value = wanted;
            }}
          />
          <Table shown={shown} isLaw={draft.base !== null && draft.base.set !== draft.target.set} />
        </>
      )}
      <p class="work-note changes-foot">
        {tb("change.unchanged", { n: formatNumber(summary.unchanged, lang.value) })}
        {summary.area_before_m2 !== null && summary.area_after_m2 !== null && (
          <>
            {" · "}
            {tb("change.total", {
              before: formatArea(summary.area_before_m2, lang.value),
              after: formatArea(summary.area_after_m2, lang.value),
            })}
          </>
        )}
      </p>
      <Unagreed draft={draft} />
    </>
  );
}

function Table({ shown, isLaw }: { readonly shown: readonly ChangeRow[]; readonly isLaw: boolean }) {
  return (
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">{tb("change.unit")}</th>
          <th scope="col">{tb("change.what")}</th>
          <th scope="col" class="num">
            {tb("change.won")}
          </th>
          <th scope="col" class="num">
            {tb("change.lost")}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ change, bbox }) => (
          <Row key={change.number} change={change} hasPlace={bbox !== null} isLaw={isLaw} />
        ))}
      </tbody>
    </table>
  );
}

/** Units that went over whole are named; of the others their share. */
function origins(lineage: Change["lineage"]): string {
  const parts = lineage.map(({ code, share }) => {
    const name = nameOf(code, "before");
    return share > WHOLE ? name : `${name} (${formatNumber(share * 100, lang.value, 1)} %)`;
  });
  return tb("change.from", { names: parts.join(", ") });
}

/** What is not said by the name and the numbers. */
function notes(change: Change, isLaw: boolean): readonly string[] {
  const { kinds, lineage } = change;
  const isJoined = kinds.includes("split") || kinds.includes("merged") || lineage.length > 1;
  const was = fullName(change.type_before, change.name_before ?? "");
  return [
    // A new law gives the code of one unit to another.
    kinds.includes("renamed") && change.name_before
      ? tb(isLaw ? "change.codeWas" : "change.was", { name: isLaw ? was : change.name_before })
      : "",
    kinds.includes("retyped") && change.type_before
      ? `${change.type_before} → ${change.type_after ?? ""}`
      : "",
    kinds.includes("recoded") ? `${change.code_before ?? ""} → ${change.code_after ?? ""}` : "",
    isJoined && lineage.length > 0 ? origins(lineage) : "",
    change.moved_m && kinds.includes("reshaped") && !(isLaw && isJoined)
      ? tb("change.moved", { length: formatLength(change.moved_m, lang.value) })
      : "",
  ].filter(Boolean);
}

type RowProps = { readonly change: Change; readonly hasPlace: boolean; readonly isLaw: boolean };

function Row({ change, hasPlace, isLaw }: RowProps) {
  const row = useRef<HTMLTableRowElement>(null);
  const isPicked = focus.value?.kind === "change" && focus.value.number === change.number;
  useEffect(() => {
    if (isPicked) row.current?.scrollIntoView({ block: "nearest" });
  }, [isPicked]);
  const name = changeName(change);
  const go = () => goTo({ kind: "change", number: change.number });
  return (
    <tr ref={row} class={isPicked ? "change change-picked" : "change"} data-change={change.number}>
      <td>
        {hasPlace ? (
          <button
            type="button"
            class="change-name"
            aria-label={tb("change.show", { title: name })}
            onClick={go}
          >
            {name}
          </button>
        ) : (
          <span class="change-name">{name}</span>
        )}
        <small class="change-code">{change.code_after ?? change.code_before}</small>
        {notes(change, isLaw).map((note) => (
          <small key={note} class="change-note">
            {note}
          </small>
        ))}
      </td>
      <td>
        <span class="kinds">
          {change.kinds.map((kind) => (
            <span key={kind} class={`kind kind-${kind}`}>
              {tb(`kind.${kind}`)}
            </span>
          ))}
          {change.is_neighbour && <span class="kind">{tb("change.neighbour")}</span>}
        </span>
      </td>
      <td class="num won">{change.won_m2 > 0 ? formatAreaChange(change.won_m2, lang.value) : "–"}</td>
      <td class="num lost">{change.lost_m2 > 0 ? formatAreaChange(-change.lost_m2, lang.value) : "–"}</td>
    </tr>
  );
}
