// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import {
  before,
  compared,
  divider,
  effectiveMode,
  type MapMode,
  mapMode,
  setDivider,
  showWhole,
} from "../../state/boundaries/review";
import { mountReview, reviewFailure, reviewIdle } from "../../state/boundaries/reviewLink";
import { currentReview } from "../../state/boundaries/reviewRef";
import { tb } from "../../state/boundaries/words";
import { sets, t, text } from "../../state/store";
import { workspace } from "../../state/workspace";
import { Glyph } from "../glyphs";
import { Notice } from "../Notice";
import { ChangeLegend } from "./ChangeLegend";

export function ReviewView() {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => (container.current ? mountReview(container.current) : undefined), []);
  return (
    <>
      <div ref={container} class="map review" />
      {reviewFailure.value && (
        <div class="map-cover">
          <Notice title={t("map.noWebgl")} hint={t("map.noWebglHint")} />
        </div>
      )}
      {!reviewIdle.value && !reviewFailure.value && (
        <div class="map-loading" role="status">
          <span class="spinner" aria-hidden="true" />
          {t("map.loading")}
        </div>
      )}
      {effectiveMode.value === "swipe" && <Divider />}
      <Modes />
      <ChangeLegend />
      <div class="tools">
        <div class="tool-group">
          <Tool label={t("map.zoomIn")} glyph="plus" onClick={() => currentReview()?.zoomBy(1)} />
          <Tool label={t("map.zoomOut")} glyph="minus" onClick={() => currentReview()?.zoomBy(-1)} />
        </div>
        <div class="tool-group">
          <Tool label={tb("map.whole")} glyph="home" onClick={showWhole} />
        </div>
      </div>
    </>
  );
}

type ToolProps = {
  readonly label: string;
  readonly glyph: "plus" | "minus" | "home";
  readonly onClick: () => void;
};

function Tool({ label, glyph, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" title={label} aria-label={label} onClick={onClick}>
      <Glyph name={glyph} />
    </button>
  );
}

const MODES: readonly MapMode[] = ["before", "swipe", "after"];

function Modes() {
  if (!before.value) return null;
  const shown = compared.value;
  const set = shown && sets.value.find(({ id }) => id === shown.unit_set);
  const isDraft = workspace.value?.view === "draft";
  const words: Readonly<Record<MapMode, string>> = {
    before: isDraft ? tb("map.before") : tb("history.number", { n: shown?.number ?? "" }),
    swipe: tb("map.swipe"),
    after: isDraft ? tb("map.after") : tb("map.published"),
  };
  return (
    <div class="set-switch">
      <fieldset class="segments segments-float" aria-label={tb("map.view")}>
        {MODES.map((mode) => (
          <button
            key={mode}
            type="button"
            class="segment"
            data-mode={mode}
            aria-pressed={mapMode.value === mode}
            onClick={() => {
              mapMode.value = mode;
            }}
          >
            {words[mode]}
          </button>
        ))}
      </fieldset>
      {!isDraft && shown && (
        <p class="set-note">
          {tb("history.shown", { number: shown.number ?? "", set: set ? text(set.title) : shown.unit_set })}
        </p>
      )}
    </div>
  );
}

const KEY_STEP = 0.02;

/** Dragged by the pointer, or moved by arrow keys; both ends by Home and End. */
function Divider() {
  const line = useRef<HTMLDivElement>(null);
  const share = divider.value;
  const place = (event: PointerEvent) => {
    const stage = line.current?.parentElement?.getBoundingClientRect();
    if (stage?.width) setDivider((event.clientX - stage.left) / stage.width);
  };
  const onKey = (event: KeyboardEvent) => {
    const by = event.shiftKey ? KEY_STEP * 5 : KEY_STEP;
    const wanted = { ArrowLeft: share - by, ArrowRight: share + by, Home: 0, End: 1 }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    setDivider(wanted);
  };
  const isDraft = workspace.value?.view === "draft";
  return (
    <div
      ref={line}
      class="divider"
      role="slider"
      tabIndex={0}
      aria-label={tb("map.divider")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      style={{ left: `${share * 100}%` }}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) place(event);
      }}
    >
      <span class="divider-side divider-before">
        {isDraft ? tb("map.before") : tb("history.number", { n: compared.value?.number ?? "" })}
      </span>
      <span class="divider-handle">
        <Glyph name="split" size={20} />
      </span>
      <span class="divider-side divider-after">{isDraft ? tb("map.after") : tb("map.published")}</span>
    </div>
  );
}
