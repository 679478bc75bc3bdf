// SPDX-License-Identifier: Apache-2.0
import { formatDate, formatNumber } from "../model/format";
import type { PlaceAnswer, UnitDetail, UnitRef } from "../model/types";
import { goToBox, openUnit } from "../state/actions";
import { activeSetId, lang, layerOf, sets, t, text } from "../state/store";
import { unitOnly } from "../state/unitOnly";
import { CardFrame, CardSection, Fact } from "./Card";
import { Coordinates } from "./Coordinates";
import { Glyph, LayerChip } from "./glyphs";
import { SeriesSection } from "./SeriesSection";

type Props = { readonly unit: UnitDetail; readonly place: PlaceAnswer | null };

export function UnitCard({ unit, place }: Props) {
  const set = sets.value.find((candidate) => candidate.id === unit.set);
  const heading = (
    <>
      <p class="card-kicker">{set ? text(set.title) : unit.set}</p>
      <h2>{unit.full_name}</h2>
      <div class="badges">
        <span class="badge">
          {t("unit.code")} {unit.code}
        </span>
        <button type="button" class="badge badge-button" onClick={() => goToBox(unit.bbox)}>
          <Glyph name="target" size={14} />
          {t("card.zoom")}
        </button>
      </div>
    </>
  );
  const { valid_from: from, valid_to: to } = unit;
  return (
    <CardFrame heading={heading}>
      <Values unit={unit} />
      <SeriesSection title={t("values.series")} />
      <CardSection title={t("card.information")}>
        <dl class="facts">
          <Fact label={t("unit.type")}>{unit.type}</Fact>
          {unit.area_km2 !== null && (
            <Fact label={t("unit.area")}>{formatNumber(unit.area_km2, lang.value, 2)} km²</Fact>
          )}
          <Fact label={t("unit.validity")}>
            {to
              ? t("unit.validBetween", { from: formatDate(from), to: formatDate(to) })
              : t("unit.validNow", { from: formatDate(from) })}
          </Fact>
        </dl>
      </CardSection>
      <Lineage title={t("unit.successors")} units={unit.successors} />
      <Lineage title={t("unit.predecessors")} units={unit.predecessors} />
      <Coordinates place={place} />
    </CardFrame>
  );
}

/** Bars of one scale, so that lengths may be compared; a sliver stays visible for the small ones. */
function Values({ unit }: { readonly unit: UnitDetail }) {
  const unplaced = unit.set === activeSetId.value ? unitOnly.value.get(unit.code) : undefined;
  const values = unit.values.filter((entry) => entry.value > 0);
  const most = Math.max(1, ...values.map((entry) => entry.value));
  return (
    <CardSection title={t("unit.values")}>
      {values.length === 0 ? (
        <p class="card-note">{t("unit.noValues")}</p>
      ) : (
        <ul class="bars">
          {values.map((entry) => {
            const layer = layerOf(entry.layer);
            const color = layer?.color ?? "#8899aa";
            return (
              <li key={entry.layer}>
                <LayerChip icon={layer?.icon ?? "dot"} color={color} small />
                <span class="bars-name">{text(entry.title)}</span>
                <span class="bars-track" aria-hidden="true">
                  <span style={{ width: `${(entry.value / most) * 100}%`, background: color }} />
                </span>
                <span class="bars-value">{formatNumber(entry.value, lang.value)}</span>
              </li>
            );
          })}
        </ul>
      )}
      {unplaced !== undefined && (
        <p class="card-note">{t("unit.unplaced", { n: formatNumber(unplaced, lang.value) })}</p>
      )}
    </CardSection>
  );
}

function Lineage({ title, units }: { readonly title: string; readonly units: readonly UnitRef[] }) {
  if (units.length === 0) return null;
  return (
    <CardSection title={title}>
      <ul class="links">
        {units.map((unit) => (
          <li key={`${unit.set}/${unit.code}`}>
            <button type="button" class="link" onClick={() => openUnit(unit.set, unit.code)}>
              {unit.full_name ?? unit.name}
            </button>
            <span class="links-note">{shareText(unit.share)}</span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}

function shareText(share: number | null | undefined): string {
  if (share === null || share === undefined) return "";
  return share >= 0.9995 ? t("unit.whole") : `${formatNumber(share * 100, lang.value, 1)} %`;
}
