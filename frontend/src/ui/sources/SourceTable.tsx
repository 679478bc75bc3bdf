// SPDX-License-Identifier: Apache-2.0
import { formatDateTime } from "../../model/format";
import { isTroubled, type SystemRow } from "../../model/sources/trouble";
import type { Source } from "../../model/sources/types";
import { open, opened, search, shownRows } from "../../state/sources/page";
import { ago, door, number, span, tc } from "../../state/sources/words";
import { text } from "../../state/store";
import { openQueue } from "../../state/unlocated";
import { StateMark } from "./parts";

const COLUMNS = ["last", "rate", "day", "letters", "unlocated"] as const;

export function SourceTable() {
  const rows = shownRows.value;
  if (rows.length === 0) {
    const words = search.value.trim();
    return <p class="src-nothing">{words ? tc("page.noneSearch", { search: words }) : tc("page.none")}</p>;
  }
  return (
    <div class="src-scroll">
      <table class="src-table">
        <thead>
          <tr>
            <th scope="col">{tc("column.source")}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" class={`src-${column}`}>
                {tc(`column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => (
          <SystemGroup key={row.system.id} row={row} />
        ))}
      </table>
    </div>
  );
}

function SystemGroup({ row: { system, sources } }: { readonly row: SystemRow }) {
  if (sources.length === 0) return <Unconnected row={{ system, sources }} />;
  return (
    <tbody data-system={system.id}>
      <tr class="src-system">
        <th scope="rowgroup" colSpan={6}>
          {text(system.title)}
        </th>
      </tr>
      {sources.map((source) => (
        <SourceRow key={source.id} source={source} />
      ))}
    </tbody>
  );
}

function Unconnected({ row: { system } }: { readonly row: SystemRow }) {
  const shown = opened.value;
  const current = shown?.kind === "system" && shown.system.id === system.id;
  return (
    <tbody data-system={system.id}>
      <tr
        class={current ? "src-row src-row-current src-unconnected" : "src-row src-unconnected"}
        onClick={() => open(system.id)}
      >
        <th scope="row">
          <button type="button" class="src-open" aria-current={current}>
            <span class="src-ring src-ring-none" aria-hidden="true" />
            <span class="src-name">{text(system.title)}</span>
          </button>
        </th>
        <td colSpan={5}>
          {tc("row.unconnected")} <span class="src-how">{tc("row.how")}</span>
        </td>
      </tr>
    </tbody>
  );
}

function SourceRow({ source }: { readonly source: Source }) {
  const shown = opened.value;
  const current = shown?.kind === "source" && shown.source.id === source.id;
  const classes = ["src-row", current && "src-row-current", isTroubled(source) && "src-row-trouble"];
  const { last_message_at: last, lag_s: lag } = source;
  return (
    <tr class={classes.filter(Boolean).join(" ")} data-source={source.id} onClick={() => open(source.id)}>
      <th scope="row">
        <button type="button" class="src-open" aria-current={current}>
          <StateMark state={source.state} />
          <span class="src-name">
            {text(source.title)}
            <small>
              <b class={`src-word src-word-${source.state}`}>{tc(`state.${source.state}`)}</b> ·{" "}
              {door(source.door)}
            </small>
          </span>
        </button>
      </th>
      <td title={last ? formatDateTime(last) : undefined}>
        {last ? ago(last) : <span class="src-dim">{tc("row.never")}</span>}
        {lag !== null && lag >= 60 && <small>{tc("row.lag", { time: span(lag) })}</small>}
      </td>
      <td class="src-rate">{last ? number(source.rate_per_min, source.rate_per_min < 10 ? 1 : 0) : "–"}</td>
      <td class="src-day">
        <Taken source={source} />
      </td>
      <td class="src-letters">
        {source.dead_letters > 0 ? (
          <button
            type="button"
            class="src-count src-count-bad"
            onClick={(event) => {
              event.stopPropagation();
              open(source.id, "letters");
            }}
          >
            {number(source.dead_letters)}
            <span class="visually-hidden"> {tc("column.letters")}</span>
          </button>
        ) : (
          <span class="src-dim">0</span>
        )}
      </td>
      <td class="src-unlocated">
        <Unlocated source={source} />
      </td>
    </tr>
  );
}

function Taken({ source: { accepted_24h: accepted, rejected_24h: rejected } }: { readonly source: Source }) {
  if (accepted + rejected === 0) return <span class="src-dim">0</span>;
  return (
    <>
      <span title={tc("row.accepted", { n: number(accepted) })}>{number(accepted)}</span>
      {rejected > 0 && <small class="src-refused">{tc("row.rejected", { n: number(rejected) })}</small>}
    </>
  );
}

function Unlocated({ source }: { readonly source: Source }) {
  if (source.unlocated === 0) return <span class="src-dim">0</span>;
  const [layer] = source.layers;
  return (
    <button
      type="button"
      class="src-count"
      onClick={(event) => {
        event.stopPropagation();
        openQueue(source.layers.length === 1 ? (layer ?? null) : null);
      }}
    >
      {number(source.unlocated)}
      <span class="visually-hidden"> {tc("column.unlocated")}</span>
    </button>
  );
}
