// SPDX-License-Identifier: Apache-2.0
import { formatDecreeDate, formatNumber } from "../model/format";
import type { UnitSet } from "../model/types";
import { switchSet } from "../state/actions";
import { activeSet, lang, sets, t, text } from "../state/store";
import { openWorkspace } from "../state/workspace";
import { ConnectedDoors } from "./ConnectedDoors";
import { Glyph } from "./glyphs";

/** The words come from the set's own numbers and dates: the next reform needs no new text. */
function setLabel(set: UnitSet): string {
  const n = formatNumber(set.units, lang.value);
  if (set.valid_to) return t("set.before", { n, date: formatDecreeDate(set.valid_to, lang.value) });
  return Date.parse(set.valid_from) > Date.now()
    ? t("set.from", { n, date: formatDecreeDate(set.valid_from, lang.value) })
    : t("set.current", { n });
}

export function SetSwitch() {
  const current = activeSet.value;
  if (!current) return null;
  return (
    <div class="set-switch">
      <div class="set-line">
        <fieldset class="segments segments-float" aria-label={t("set.switch")}>
          {sets.value.map((set) => (
            <button
              key={set.id}
              type="button"
              class="segment"
              aria-pressed={set.id === current.id}
              title={text(set.title)}
              data-set={set.id}
              onClick={() => switchSet(set.id)}
            >
              {setLabel(set)}
            </button>
          ))}
        </fieldset>
        <button type="button" class="set-borders" title={t("borders.hint")} onClick={openWorkspace}>
          <Glyph name="borders" size={16} />
          {t("borders.open")}
        </button>
        <ConnectedDoors />
      </div>
      {current.approximate && (
        <p class="set-note">
          <Glyph name="info" size={14} />
          {t("set.approximate")}
        </p>
      )}
    </div>
  );
}
