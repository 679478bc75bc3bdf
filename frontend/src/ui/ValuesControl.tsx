// SPDX-License-Identifier: Apache-2.0
import type { Layer } from "../model/types";
import { countedLayers, indicatorLayers, showValues, valuesLayer } from "../state/choropleth";
import { t, text } from "../state/store";
import { Glyph } from "./glyphs";

export function ValuesControl() {
  const groups = [
    { title: t("values.indicators"), members: indicatorLayers.value },
    { title: t("values.counts"), members: countedLayers.value },
  ].filter(({ members }) => members.length > 0);
  if (groups.length === 0) return null;
  return (
    <section class="hex">
      <label class="hex-title" for="values-layer">
        <Glyph name="palette" size={16} />
        {t("values.title")}
      </label>
      <div class="select">
        <select
          id="values-layer"
          value={valuesLayer.value?.id ?? ""}
          onChange={(event) => showValues(event.currentTarget.value || null)}
        >
          <option value="">{t("values.off")}</option>
          {groups.map(({ title, members }) => (
            <optgroup key={title} label={title}>
              {members.map((layer: Layer) => (
                <option key={layer.id} value={layer.id}>
                  {text(layer.title)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <Glyph name="chevron" size={14} />
      </div>
    </section>
  );
}
