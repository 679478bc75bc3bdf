// SPDX-License-Identifier: Apache-2.0
import { formatNumber } from "../model/format";
import { rampLabels } from "../model/hexgrid";
import { showHexagons } from "../state/actions";
import { hexBreaks, hexLayer, hexResolution, lang, layers, t, text, theme } from "../state/store";
import { rampColor } from "../style/hexagons";
import { MAP_PALETTE } from "../style/palette";
import { Glyph } from "./glyphs";

export function HexControl() {
  const options = layers.value.filter((layer) => layer.h3);
  if (options.length === 0) return null;
  return (
    <section class="hex">
      <label class="hex-title" for="hex-layer">
        <Glyph name="hexagon" size={16} />
        {t("hex.title")}
      </label>
      <div class="select">
        <select
          id="hex-layer"
          value={hexLayer.value?.id ?? ""}
          onChange={(event) => showHexagons(event.currentTarget.value || null)}
        >
          <option value="">{t("hex.off")}</option>
          {options.map((layer) => (
            <option key={layer.id} value={layer.id}>
              {text(layer.title)}
            </option>
          ))}
        </select>
        <Glyph name="chevron" size={14} />
      </div>
      {hexLayer.value && <Ramp />}
    </section>
  );
}

function Ramp() {
  const breaks = hexBreaks.value?.breaks ?? [];
  const labels = rampLabels(breaks, (value) => formatNumber(value, lang.value, 1));
  const palette = MAP_PALETTE[theme.value];
  return (
    <div class="ramp">
      <p class="ramp-level">
        <strong>{t("hex.level", { n: hexResolution.value })}</strong>, {t("hex.follows")}
      </p>
      {hexBreaks.value && breaks.length === 0 ? (
        <p class="ramp-level">{t("hex.empty")}</p>
      ) : (
        <ul class="ramp-steps" aria-label={t("hex.unit")}>
          {labels.map((label, index) => (
            <li key={label}>
              <span style={{ background: rampColor(palette, index, labels.length) }} />
              {label}
            </li>
          ))}
        </ul>
      )}
      <LeftOut />
    </div>
  );
}

/** A picture that leaves something out says so. */
function LeftOut() {
  const { unit_only: unitOnly = 0, unlocated = 0 } = hexLayer.value ?? {};
  if (unitOnly + unlocated === 0) return null;
  const parts = [
    unitOnly > 0 && t("hex.unitOnly", { n: formatNumber(unitOnly, lang.value) }),
    unlocated > 0 && t("hex.unlocated", { n: formatNumber(unlocated, lang.value) }),
  ];
  return (
    <p class="ramp-level ramp-left-out">
      {t("hex.leftOut")} {parts.filter(Boolean).join(", ")}.
    </p>
  );
}
