// SPDX-License-Identifier: Apache-2.0
import { classLabels, classOf, classSizes } from "../model/choropleth";
import { formatNumber } from "../model/format";
import type { Layer } from "../model/types";
import {
  measureText,
  noDataText,
  periodText,
  retryValues,
  showValues,
  values,
  valuesClasses,
  valuesLayer,
  valuesPeriod,
  valuesState,
} from "../state/choropleth";
import { drawer } from "../state/drawer";
import { activeSet, lang, t, text, theme } from "../state/store";
import { rampColor } from "../style/hexagons";
import { MAP_PALETTE } from "../style/palette";
import { Glyph } from "./glyphs";

/** What the colours on the map mean: the layer, the generation, the period, the classes with their numbers. */
/** The colour of one value, as on the map. */
export function ValueSwatch({ value }: { readonly value: number | null }) {
  const found = classOf(valuesClasses.value, value);
  const palette = MAP_PALETTE[theme.value];
  if (found === null) return <span class="vlegend-swatch vlegend-hatch" />;
  const count = valuesClasses.value.from.length;
  const color = found < 0 ? palette.zero : rampColor(palette, found, count);
  return <span class="vlegend-swatch" style={{ background: color }} />;
}

export function ValuesLegend() {
  const layer = valuesLayer.value;
  if (!layer) return null;
  return (
    <section class="vlegend" aria-label={t("values.title")}>
      <header class="vlegend-head">
        <div>
          <h2>{text(layer.title)}</h2>
          <p>{measureText(layer)}</p>
        </div>
        <button
          type="button"
          class="button button-icon button-small"
          aria-label={t("values.off")}
          title={t("values.off")}
          onClick={() => showValues(null)}
        >
          <Glyph name="close" size={14} />
        </button>
      </header>
      <p class="vlegend-note">{[activeSet.value && text(activeSet.value.title), when(layer)].join(" · ")}</p>
      <Periods />
      <Body layer={layer} />
    </section>
  );
}

function when(layer: Layer): string {
  if (layer.store !== "indicator") return t("values.allTime");
  const period = values.value?.period ?? valuesPeriod.value ?? values.value?.periods?.[0];
  return period ? periodText(period) : t("values.latest");
}

export function Periods() {
  const periods = values.value?.periods ?? [];
  if (periods.length < 2) return null;
  return (
    <div class="select">
      <select
        aria-label={t("values.period")}
        value={valuesPeriod.value ?? periods[0] ?? ""}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          valuesPeriod.value = chosen === periods[0] ? null : chosen;
        }}
      >
        {periods.map((period) => (
          <option key={period} value={period}>
            {periodText(period)}
          </option>
        ))}
      </select>
      <Glyph name="chevron" size={14} />
    </div>
  );
}

function Body({ layer }: { readonly layer: Layer }) {
  if (valuesState.value === "failed") {
    return (
      <p class="vlegend-note" role="alert">
        {t("values.failed")}{" "}
        <button type="button" class="link" onClick={retryValues}>
          {t("app.retry")}
        </button>
      </p>
    );
  }
  if (!values.value) {
    return (
      <p class="vlegend-note" role="status">
        {t("values.loading")}
      </p>
    );
  }
  return (
    <>
      <Classes layer={layer} />
      <button
        type="button"
        class="button button-outline button-wide"
        aria-pressed={drawer.value?.kind === "values"}
        onClick={() => {
          drawer.value = drawer.value?.kind === "values" ? null : { kind: "values" };
        }}
      >
        <Glyph name="table" size={16} />
        {t("values.table")}
      </button>
    </>
  );
}

function Classes({ layer }: { readonly layer: Layer }) {
  const classes = valuesClasses.value;
  const sizes = classSizes(classes, values.value?.units ?? []);
  const palette = MAP_PALETTE[theme.value];
  const whole = layer.measure?.whole ?? true;
  const labels = classLabels(classes, whole, (value) => formatNumber(value, lang.value, 2));
  const missing = sizes.get(null) ?? 0;
  // Most first, as the eye looks for the worst.
  const rows = labels
    .map((label, nth) => ({
      label,
      color: rampColor(palette, nth, labels.length),
      size: sizes.get(nth) ?? 0,
    }))
    .reverse();
  if (classes.zero) rows.push({ label: "0", color: palette.zero, size: sizes.get(-1) ?? 0 });
  return (
    <ul class="vlegend-classes">
      {rows.map(({ label, color, size }) => (
        <li key={label}>
          <span class="vlegend-swatch" style={{ background: color }} />
          <span>{label}</span>
          <span class="vlegend-size" title={t("values.unitsIn", { n: size })}>
            {formatNumber(size, lang.value)} {t("values.units")}
          </span>
        </li>
      ))}
      {missing > 0 && (
        <li>
          <span class="vlegend-swatch vlegend-hatch" />
          <span class="vlegend-missing">{noDataText(layer)}</span>
          <span class="vlegend-size" title={t("values.unitsIn", { n: missing })}>
            {formatNumber(missing, lang.value)} {t("values.units")}
          </span>
        </li>
      )}
    </ul>
  );
}
