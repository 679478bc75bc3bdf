// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { formatDateTime, formatLonLat, formatNumber } from "../model/format";
import { type Candidate, RADII, type Radius, type Unlocated } from "../model/unlocated";
import { currentMap } from "../state/mapRef";
import { type Placing, placing, updatePlacing } from "../state/placing";
import { queueBusy } from "../state/queueList";
import { sourceList } from "../state/sources/watch";
import { activeSetId, lang, layerOf, sets, t, text } from "../state/store";
import { back, chooseUnit, confirmPlace, titleOf, togglePlacing } from "../state/unlocated";
import { queueReason } from "../state/words";
import { Glyph, LayerChip } from "./glyphs";

export function UnlocatedItem({ item }: { readonly item: Unlocated }) {
  const layer = layerOf(item.layer);
  const title = titleOf(item);
  const source = sourceList.value?.sources.find(({ id }) => id === item.source);
  return (
    <article class="queue-item" data-item={`${item.layer}/${item.id}`}>
      <p class="card-kicker">
        {layer && <LayerChip icon={layer.icon} color={layer.color} small />}
        {layer && text(layer.title)}
        <time>{formatDateTime(item.time ?? item.recorded_at)}</time>
      </p>
      <h3>{title}</h3>
      {item.text && item.text !== title && <blockquote class="queue-text">{item.text}</blockquote>}
      {!item.text && <p class="field-hint">{t("queue.noText")}</p>}
      <p class="queue-note">
        {[
          queueReason(item.reason),
          t("queue.from", { source: source ? text(source.title) : item.source }),
          item.external_id,
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Candidates candidates={item.candidates} />
      <PlaceBox placing={placing.value} />
    </article>
  );
}

function Candidates({ candidates }: { readonly candidates: readonly Candidate[] }) {
  if (candidates.length === 0) return <p class="field-hint">{t("queue.noCandidates")}</p>;
  return (
    <section class="queue-candidates" aria-label={t("queue.candidates")}>
      <h4>
        {t("queue.candidates")} <small>{t("queue.candidatesHint")}</small>
      </h4>
      <ol>
        {candidates.map((candidate, nth) => (
          <CandidateRow key={`${candidate.unit_set}/${candidate.code}`} candidate={candidate} nth={nth + 1} />
        ))}
      </ol>
    </section>
  );
}

function CandidateRow({ candidate, nth }: { readonly candidate: Candidate; readonly nth: number }) {
  const { unit_set, name, confidence, lon, lat } = candidate;
  const other = unit_set === activeSetId.value ? null : sets.value.find(({ id }) => id === unit_set);
  const show = t("queue.show", { name });
  return (
    <li class="candidate">
      <button
        type="button"
        class="candidate-choose"
        disabled={queueBusy.value}
        onClick={() => void chooseUnit(candidate)}
      >
        <b>{nth}</b>
        <span>
          {name}
          {other && <small>{text(other.title)}</small>}
        </span>
        {typeof confidence === "number" && (
          <span class="candidate-sure">
            {t("queue.confidence", { n: formatNumber(confidence * 100, lang.value) })}
          </span>
        )}
      </button>
      <button
        type="button"
        class="button button-icon"
        aria-label={show}
        title={show}
        onClick={() => currentMap()?.flyTo([lon, lat])}
      >
        <Glyph name="target" size={16} />
      </button>
    </li>
  );
}

function PlaceBox({ placing: now }: { readonly placing: Placing | null }) {
  const confirm = useRef<HTMLButtonElement>(null);
  const isSet = now?.place != null;
  // The next key is Enter.
  useEffect(() => {
    if (isSet) confirm.current?.focus({ preventScroll: true });
  }, [isSet]);
  if (!now) {
    return (
      <button type="button" class="button button-primary button-wide" onClick={togglePlacing}>
        <Glyph name="target" size={16} />
        {t("queue.place")}
        <kbd>P</kbd>
      </button>
    );
  }
  return (
    <fieldset class="place queue-place" aria-label={t("queue.place")}>
      <p class="field-hint" role="status">
        {t(now.place ? "queue.drag" : "queue.placing")}
      </p>
      {now.place && <output>{formatLonLat(now.place.lon, now.place.lat, lang.value)}</output>}
      <RadiusChoice radius={now.radius_m} />
      <div class="edit-buttons">
        <button
          ref={confirm}
          type="button"
          class="button button-primary"
          disabled={!now.place || queueBusy.value}
          onClick={() => void confirmPlace()}
        >
          {t(queueBusy.value ? "queue.working" : "queue.confirm")}
          <kbd>Enter</kbd>
        </button>
        <button type="button" class="button button-outline" onClick={back}>
          {t("queue.cancel")}
          <kbd>Esc</kbd>
        </button>
      </div>
    </fieldset>
  );
}

function RadiusChoice({ radius }: { readonly radius: Radius }) {
  return (
    <fieldset class="segments segments-small" aria-label={t("queue.radius")} data-enter="confirms">
      {RADII.map((choice) => (
        <button
          key={choice ?? 0}
          type="button"
          class="segment"
          aria-pressed={choice === radius}
          onClick={() => updatePlacing({ radius_m: choice })}
        >
          {choice === null ? t("queue.exact") : t("queue.about", { n: choice })}
        </button>
      ))}
    </fieldset>
  );
}
