// SPDX-License-Identifier: Apache-2.0
import { translateOr } from "../i18n/translate";
import { formatDateTime, formatNumber } from "../model/format";
import { choiceLabel, isRanked, itemColor, itemTitle, legendEntry, legendShape } from "../model/item";
import type { Field, Item, Layer, PlaceAnswer, UnitRef } from "../model/types";
import { goTo, openUnit } from "../state/actions";
import { lang, sets, t, text } from "../state/store";
import { CardFrame, CardSection, Fact } from "./Card";
import { Coordinates } from "./Coordinates";
import { Glyph, LayerChip, ShapeMark } from "./glyphs";
import { ItemActions } from "./ItemActions";
import { SeriesSection } from "./SeriesSection";

type Props = { readonly layer: Layer; readonly item: Item; readonly place: PlaceAnswer | null };

export function ItemCard({ layer, item, place }: Props) {
  const { properties } = item;
  const heading = (
    <>
      <p class="card-kicker">
        <LayerChip icon={layer.icon} color={layer.color} small />
        {text(layer.title)}
      </p>
      <h2>{itemTitle(layer, properties, lang.value)}</h2>
      <Badges layer={layer} item={item} />
    </>
  );
  return (
    <CardFrame heading={heading}>
      <ItemActions layer={layer} item={item} />
      <Information layer={layer} item={item} />
      <SeriesSection title={t("values.readings")} />
      <Times layer={layer} item={item} />
      <Location item={item} />
      <Units units={unitsOf(item, place)} />
      <Coordinates place={place} />
      <Source layer={layer} item={item} />
    </CardFrame>
  );
}

function Badges({ layer, item }: { readonly layer: Layer; readonly item: Item }) {
  const entry = isRanked(layer) ? legendEntry(layer, item.properties) : null;
  const statusField = layer.fields.find((field) => field.name === "status");
  const status = choiceLabel(statusField, item.properties.status, lang.value);
  if (!entry && !status && !item.geometry) return null;
  return (
    <div class="badges">
      {entry && (
        <span class="badge">
          <ShapeMark
            shape={legendShape(layer, entry.value)}
            color={itemColor(layer, item.properties)}
            size={12}
          />
          {text(entry.label)}
        </span>
      )}
      {status && <span class="badge">{status}</span>}
      {item.geometry && (
        <button type="button" class="badge badge-button" onClick={() => goTo(item)}>
          <Glyph name="target" size={14} />
          {t("card.zoom")}
        </button>
      )}
    </div>
  );
}

function fieldValue(field: Field, value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  switch (field.type) {
    case "choice":
      return choiceLabel(field, value, lang.value) ?? String(value);
    case "boolean":
      return t(value === true ? "card.yes" : "card.no");
    case "datetime":
      return formatDateTime(String(value));
    case "integer":
    case "number": {
      const number = Number(value);
      const shown = Number.isFinite(number) ? formatNumber(number, lang.value, 2) : String(value);
      return field.unit ? `${shown} ${field.unit}` : shown;
    }
    case "string":
      return choiceLabel(field, value, lang.value) ?? String(value);
  }
}

/** The title and the severity are in the heading; a status badge repeats nothing else. */
function Information({ layer, item }: { readonly layer: Layer; readonly item: Item }) {
  const above = new Set([layer.title_field, "status", isRanked(layer) ? layer.legend.field : null]);
  const facts = layer.fields.flatMap((field) => {
    const value = above.has(field.name) ? null : fieldValue(field, item.properties[field.name]);
    return value === null ? [] : [{ field, value }];
  });
  if (facts.length === 0) return null;
  return (
    <CardSection title={t("card.information")}>
      <dl class="facts">
        {facts.map(({ field, value }) => (
          <Fact key={field.name} label={text(field.title)}>
            {value}
          </Fact>
        ))}
      </dl>
    </CardSection>
  );
}

function Times({ layer, item }: { readonly layer: Layer; readonly item: Item }) {
  const { valid_from: from, valid_to: to, recorded_at: recorded } = item.properties;
  if (!from && !to && !recorded) return null;
  return (
    <CardSection title={t("card.time")}>
      <dl class="facts">
        {Boolean(from) && (
          <Fact label={t(layer.time ? "card.from" : "card.validFrom")}>{formatDateTime(String(from))}</Fact>
        )}
        {Boolean(to) && <Fact label={t("card.to")}>{formatDateTime(String(to))}</Fact>}
        {Boolean(recorded) && <Fact label={t("card.recorded")}>{formatDateTime(String(recorded))}</Fact>}
      </dl>
    </CardSection>
  );
}

/** A location is a claim: how it was found, how far off it may be, how sure that is. */
function Location({ item }: { readonly item: Item }) {
  const {
    location_method: method,
    location_radius_m: radius,
    location_confidence: confidence,
  } = item.properties;
  return (
    <CardSection title={t("card.location")}>
      {!item.geometry && <p class="card-note">{t("card.unlocated")}</p>}
      <dl class="facts">
        {typeof method === "string" && (
          <Fact label={t("card.method")}>{translateOr(lang.value, `method.${method}`, method)}</Fact>
        )}
        {typeof radius === "number" && (
          <Fact label={t("card.radius")}>± {formatNumber(radius, lang.value)} m</Fact>
        )}
        {typeof confidence === "number" && (
          <Fact label={t("card.confidence")}>{formatNumber(confidence * 100, lang.value)} %</Fact>
        )}
      </dl>
    </CardSection>
  );
}

function unitsOf(item: Item, place: PlaceAnswer | null): readonly UnitRef[] {
  const around = place?.units ?? [];
  const own = item.properties.units;
  if (!Array.isArray(own) || own.length === 0) return around;
  // The item knows its units by name; the place adds what kind of unit each is.
  return (own as UnitRef[]).map(
    (unit) => around.find((other) => other.set === unit.set && other.code === unit.code) ?? unit,
  );
}

export function Units({ units }: { readonly units: readonly UnitRef[] }) {
  if (units.length === 0) return null;
  return (
    <CardSection title={t("card.units")}>
      <ul class="links">
        {units.map((unit) => {
          const set = sets.value.find((candidate) => candidate.id === unit.set);
          return (
            <li key={unit.set}>
              <button type="button" class="link" onClick={() => openUnit(unit.set, unit.code)}>
                {unit.full_name ?? unit.name}
              </button>
              <span class="links-note">{set ? text(set.title) : unit.set}</span>
            </li>
          );
        })}
      </ul>
    </CardSection>
  );
}

function Source({ layer, item }: { readonly layer: Layer; readonly item: Item }) {
  const { source, external_id: externalId, revision } = item.properties;
  return (
    <CardSection title={t("card.source")}>
      <dl class="facts">
        {Boolean(source) && <Fact label={t("card.sourceName")}>{String(source)}</Fact>}
        {Boolean(externalId) && <Fact label={t("card.externalId")}>{String(externalId)}</Fact>}
        {typeof revision === "number" && (
          <Fact label={t("card.revision")}>{formatNumber(revision, lang.value)}</Fact>
        )}
      </dl>
      {layer.attribution && <p class="card-note">{text(layer.attribution).replace(/<[^>]*>/g, "")}</p>}
    </CardSection>
  );
}
