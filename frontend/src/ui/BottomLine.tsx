// SPDX-License-Identifier: Apache-2.0
import { useComputed, useSignal } from "@preact/signals";
import type { Hit } from "../map/pick";
import { formatFixed, formatLonLat } from "../model/format";
import type { Text } from "../model/types";
import { activeSet, lang, layers, pointer, site, t, view, visible } from "../state/store";
import { Glyph } from "./glyphs";

export function BottomLine() {
  const at = pointer.value;
  const unit = at && unitName(at.hits);
  return (
    <footer class="bottom">
      <span class="bottom-pointer" title={t("map.pointer")}>
        {at ? formatLonLat(at.lon, at.lat, lang.value) : ""}
      </span>
      {unit && <span class="bottom-unit">{unit}</span>}
      <span class="bar-space" />
      <span class="bottom-zoom">
        {t("map.zoom", { zoom: formatFixed(view.value?.zoom ?? 0, lang.value, 1) })}
      </span>
      <Attribution />
    </footer>
  );
}

function unitName(hits: readonly Hit[]): string | null {
  const unit = hits.find((hit) => hit.kind === "unit");
  const name = unit?.properties.full_name ?? unit?.properties.name;
  return typeof name === "string" ? name : null;
}

/** Texts of the server may hold links; here they are read, not followed. */
function plain(value: Text | string | null | undefined, language: "vi" | "en"): string {
  const found = typeof value === "string" ? value : (value?.[language] ?? "");
  return found.replace(/<[^>]*>/g, "").trim();
}

function Attribution() {
  const open = useSignal(false);
  const sources = useComputed(() => {
    const shown = layers.value.filter((layer) => visible.value.has(layer.id));
    const all = [
      site.value?.attribution,
      activeSet.value?.attribution,
      ...shown.map((layer) => layer.attribution),
    ];
    // The site's line joins what its parts also say for themselves: each is named once.
    return [...new Set(all.flatMap((value) => plain(value, lang.value).split(" · ")).filter(Boolean))];
  });
  if (sources.value.length === 0) return null;
  return (
    <div class="attribution">
      <button
        type="button"
        class="attribution-line"
        aria-expanded={open.value}
        title={t("map.attribution")}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Glyph name="info" size={14} />
        <span>{sources.value.join(" · ")}</span>
      </button>
      {open.value && (
        <div class="attribution-sheet">
          <h3>{t("map.attribution")}</h3>
          <ul>
            {sources.value.map((source) => (
              <li key={source}>{source}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
