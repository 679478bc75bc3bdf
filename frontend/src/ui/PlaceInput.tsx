// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { readNumber } from "../model/editing";
import { type Draft, update } from "../state/draft";
import { currentMap } from "../state/mapRef";
import { t } from "../state/store";

/** The same place as the point on the map, in figures: for a position read from a device. */
export function PlaceInput({ draft }: { readonly draft: Draft }) {
  const { place } = draft;
  const lat = useSignal("");
  const lon = useSignal("");
  useEffect(() => {
    if (!place) return;
    if (readNumber(lat.value) !== place.lat) lat.value = shown(place.lat);
    if (readNumber(lon.value) !== place.lon) lon.value = shown(place.lon);
  }, [place, lat, lon]);
  const typed = () => {
    const at = { lat: readNumber(lat.value), lon: readNumber(lon.value) };
    if (at.lat === null || at.lon === null || Math.abs(at.lat) > 90 || Math.abs(at.lon) > 180) return;
    update({ place: { lat: at.lat, lon: at.lon } });
    currentMap()?.flyTo([at.lon, at.lat]);
  };
  return (
    <fieldset class="place">
      <legend class="field-label">{t("edit.place")}</legend>
      <p class="field-hint">{t(place ? "edit.dragPoint" : "edit.clickMap")}</p>
      <div class="place-row">
        <Figure
          label={t("edit.lat")}
          value={lat.value}
          onInput={(value) => {
            lat.value = value;
          }}
          onDone={typed}
        />
        <Figure
          label={t("edit.lon")}
          value={lon.value}
          onInput={(value) => {
            lon.value = value;
          }}
          onDone={typed}
        />
      </div>
    </fieldset>
  );
}

function shown(degrees: number): string {
  return degrees.toFixed(6).replace(".", ",");
}

type FigureProps = {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onDone: () => void;
};

function Figure({ label, value, onInput, onDone }: FigureProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        inputMode="decimal"
        autocomplete="off"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onChange={onDone}
      />
    </div>
  );
}
