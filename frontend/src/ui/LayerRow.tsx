// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { formatAge, formatEvery, formatNumber } from "../model/format";
import { isRanked, legendShape } from "../model/item";
import type { Layer } from "../model/types";
import { toggleLayer } from "../state/actions";
import { showValues } from "../state/choropleth";
import { isStaff } from "../state/sources/watch";
import { activeSet, lang, now, t, text, valuesLayerId, view, visible } from "../state/store";
import { openQueue } from "../state/unlocated";
import { openWorkspace } from "../state/workspace";
import { Glyph, LayerChip, ShapeMark } from "./glyphs";
import { LayerMenu } from "./LayerMenu";

export function LayerRow({ layer }: { readonly layer: Layer }) {
  const open = useSignal(false);
  const title = text(layer.title);
  const indicator = layer.store === "indicator";
  const on = indicator ? valuesLayerId.value === layer.id : visible.value.has(layer.id);
  // The classes of an indicator are on the map, where its colours are.
  const hasLegend = !indicator && layer.legend.entries.length > 0;
  const legendId = `legend-${layer.id}`;
  return (
    <li class={on ? "layer" : "layer layer-off"} data-layer={layer.id}>
      <div class="layer-head">
        <LayerChip icon={layer.icon} color={layer.color} />
        <button
          type="button"
          class="layer-title"
          disabled={!hasLegend}
          aria-expanded={hasLegend ? open.value : undefined}
          aria-controls={hasLegend ? legendId : undefined}
          aria-label={hasLegend ? t("layers.legend", { title }) : undefined}
          title={text(layer.description)}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          <span class="layer-name">
            <span class="layer-name-text">{title}</span>
            {hasLegend && <Glyph name="chevron" size={14} />}
          </span>
        </button>
        <LayerNote layer={layer} />
        <span class="layer-count">{formatNumber(countOf(layer), lang.value)}</span>
        {layer.editable && layer.store !== "unit" && <LayerMenu layer={layer} />}
        {layer.store === "unit" && (
          <button
            type="button"
            class="layer-borders"
            aria-label={t("borders.open")}
            title={t("borders.hint")}
            onClick={openWorkspace}
          >
            <Glyph name="borders" size={16} />
          </button>
        )}
        <button
          type="button"
          class="toggle"
          role="switch"
          aria-checked={on}
          aria-label={t(on ? "layers.hide" : "layers.show", { title })}
          title={t(on ? "layers.hide" : "layers.show", { title })}
          onClick={() => (indicator ? showValues(on ? null : layer.id) : toggleLayer(layer.id))}
        >
          <span class="toggle-knob" />
        </button>
      </div>
      {open.value && <Legend layer={layer} id={legendId} />}
    </li>
  );
}

/** Units are counted by the generation on the map, not over all generations. */
function countOf(layer: Layer): number {
  return layer.store === "unit" ? (activeSet.value?.units ?? layer.count) : layer.count;
}

function LayerNote({ layer }: { readonly layer: Layer }) {
  const tooFar = visible.value.has(layer.id) && (view.value?.zoom ?? 99) < layer.zooms[0];
  const { state, expected_every_s: every } = layer.freshness;
  const expected = every ? t("layers.every", { every: formatEvery(every, lang.value) }) : null;
  const [word, age] = freshnessWords(layer);
  const hint = [age ? `${word}: ${age}` : word, expected].filter(Boolean).join("\n");
  return (
    <span class={`layer-note layer-note-${state}`} title={hint}>
      <span class={`light light-${state}`} aria-hidden="true" />
      {age && <span class="visually-hidden">{word}</span>}
      <span>{tooFar ? t("layers.zoom") : age || word}</span>
      <Unlocated layer={layer} />
    </span>
  );
}

/** For those who may set places, the number opens the queue. */
function Unlocated({ layer }: { readonly layer: Layer }) {
  if (layer.unlocated === 0) return null;
  const words = t("layers.unlocated", { n: formatNumber(layer.unlocated, lang.value) });
  if (!isStaff.value) return <span class="layer-unlocated">{words}</span>;
  return (
    <button type="button" class="layer-unlocated link" onClick={() => openQueue(layer.id)}>
      {words}
    </button>
  );
}

/** The state in a word, and the age where there is one; the row shows the age, its light shows the state. */
function freshnessWords(layer: Layer): readonly [string, string] {
  const { state, latest } = layer.freshness;
  if (state === "static") return [t("layers.static"), ""];
  if (!latest) return [t("layers.never"), ""];
  const age = formatAge(Math.max(0, (now.value - Date.parse(latest)) / 1000), lang.value);
  switch (state) {
    case "fresh":
      return [t("layers.fresh"), age];
    case "stale":
      return [t("layers.stale"), age];
    case "silent":
      return [t("layers.silent"), age];
  }
}

function Legend({ layer, id }: { readonly layer: Layer; readonly id: string }) {
  const ranked = isRanked(layer);
  return (
    <ul class="legend" id={id}>
      {layer.legend.entries.map((entry) => (
        <li key={entry.value ?? ""}>
          {ranked ? (
            <ShapeMark shape={legendShape(layer, entry.value)} color={entry.color} size={12} />
          ) : (
            <span
              class={layer.geometry === "Polygon" ? "swatch swatch-area" : "swatch"}
              style={{ background: entry.color }}
            />
          )}
          <span>{text(entry.label)}</span>
        </li>
      ))}
      {layer.unit_only > 0 && (
        <li class="legend-note">{t("layers.unitOnly", { n: formatNumber(layer.unit_only, lang.value) })}</li>
      )}
    </ul>
  );
}
