// SPDX-License-Identifier: Apache-2.0
import { useComputed, useSignal } from "@preact/signals";
import type { Key } from "../i18n/translate";
import { csvText, type Sort, type SortColumn, sortUnits, type UnitValue } from "../model/choropleth";
import { formatNumber } from "../model/format";
import type { Layer } from "../model/types";
import { openUnit } from "../state/actions";
import { measureText, noDataText, periodText, values, valuesLayer } from "../state/choropleth";
import { activeSet, lang, selection, t, text } from "../state/store";
import { Drawer } from "./Drawer";
import { saveText } from "./download";
import { Glyph } from "./glyphs";
import { Periods, ValueSwatch } from "./ValuesLegend";

const COLUMNS: readonly { readonly column: SortColumn; readonly title: Key }[] = [
  { column: "name", title: "values.unit" },
  { column: "code", title: "unit.code" },
  { column: "value", title: "values.value" },
];

export function ValuesTable() {
  const layer = valuesLayer.value;
  const sort = useSignal<Sort>({ column: "value", descending: true });
  const rows = useComputed(() => sortUnits(values.value?.units ?? [], sort.value, lang.value));
  if (!layer) return null;
  const set = activeSet.value ? text(activeSet.value.title) : "";
  const download = (
    <button type="button" class="button button-outline" onClick={() => save(layer, rows.value)}>
      <Glyph name="download" size={16} />
      CSV
    </button>
  );
  return (
    <Drawer title={text(layer.title)} note={`${measureText(layer)} · ${set}`} tools={download}>
      {(values.value?.periods?.length ?? 0) > 1 && (
        <div class="vlegend-in-drawer">
          <Periods />
        </div>
      )}
      <div class="drawer-scroll">
        <table class="vtable">
          <thead>
            <tr>
              {COLUMNS.map(({ column, title }) => (
                <Heading
                  key={column}
                  column={column}
                  title={t(title)}
                  sort={sort.value}
                  onSort={(next) => {
                    sort.value = next;
                  }}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.value.map((unit) => (
              <Row key={unit.code} unit={unit} layer={layer} />
            ))}
          </tbody>
        </table>
      </div>
      <Sums layer={layer} />
    </Drawer>
  );
}

type HeadingProps = {
  readonly column: SortColumn;
  readonly title: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
};

function Heading({ column, title, sort, onSort }: HeadingProps) {
  const active = sort.column === column;
  const state = active ? (sort.descending ? "descending" : "ascending") : "none";
  return (
    <th scope="col" aria-sort={state} class={`vtable-${column}`}>
      <button
        type="button"
        title={t("values.sortBy", { column: title })}
        onClick={() => onSort({ column, descending: active ? !sort.descending : column === "value" })}
      >
        {title}
        <span aria-hidden="true">{active ? (sort.descending ? "↓" : "↑") : ""}</span>
      </button>
    </th>
  );
}

function Row({ unit, layer }: { readonly unit: UnitValue; readonly layer: Layer }) {
  const picked = selection.value;
  const on = picked?.kind === "unit" && picked.code === unit.code && picked.set === unit.set;
  return (
    <tr class={on ? "vtable-on" : ""}>
      <td>
        <button type="button" class="link" onClick={() => openUnit(unit.set, unit.code)}>
          {unit.full_name ?? [unit.type, unit.name].filter(Boolean).join(" ")}
        </button>
      </td>
      <td class="vtable-code">{unit.code}</td>
      <td class={unit.value === null ? "vtable-value vtable-none" : "vtable-value"}>
        {unit.value === null ? noDataText(layer) : formatNumber(unit.value, lang.value, 2)}
        {unit.estimated && <small> {t("values.estimated")}</small>}
        <ValueSwatch value={unit.value} />
      </td>
    </tr>
  );
}

function Sums({ layer }: { readonly layer: Layer }) {
  const shown = values.value;
  if (!shown) return null;
  const { outside = 0, unlocated = 0 } = shown;
  const estimated = shown.units.filter((unit) => unit.estimated).length;
  const number = (n: number) => formatNumber(n, lang.value, 2);
  const parts = [
    shown.total === null || layer.measure?.additive === false
      ? null
      : t("values.total", { n: number(shown.total) }),
    outside > 0 ? t("values.outside", { n: number(outside) }) : null,
    unlocated > 0 ? t("layers.unlocated", { n: number(unlocated) }) : null,
    estimated > 0 ? t("values.estimatedNote", { n: number(estimated) }) : null,
  ];
  return <p class="drawer-foot">{parts.filter(Boolean).join(" · ")}</p>;
}

/** The table as it stands, sorted as it is shown; numbers stay numbers. */
function save(layer: Layer, rows: readonly UnitValue[]): void {
  const set = activeSet.value?.id ?? "";
  const head = [
    t("unit.code"),
    t("values.unit"),
    t("values.type"),
    measureText(layer),
    t("values.period"),
    t("values.estimated"),
    t("card.sourceName"),
  ];
  const body = rows.map((unit) => [
    unit.code,
    unit.full_name ?? unit.name,
    unit.type,
    unit.value,
    unit.period ? periodText(unit.period) : null,
    unit.estimated ? t("card.yes") : null,
    unit.source ?? null,
  ]);
  saveText(`${layer.id}_${set}.csv`, csvText([head, ...body]), "text/csv;charset=utf-8");
}
