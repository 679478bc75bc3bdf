// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { backToChoices, closeCard } from "../state/actions";
import { details, retryDetails } from "../state/details";
import { draft } from "../state/draft";
import { choices, layerOf, selection, t } from "../state/store";
import { Chooser } from "./Chooser";
import { EditCard } from "./EditCard";
import { Glyph } from "./glyphs";
import { ItemCard } from "./ItemCard";
import { Notice } from "./Notice";
import { UnitCard } from "./UnitCard";

export function Card() {
  const shown = details.value;
  const edited = draft.value && layerOf(draft.value.layer);
  if (draft.value && edited) return <EditCard layer={edited} draft={draft.value} />;
  if (!selection.value) return choices.value ? <Chooser choices={choices.value} /> : null;
  if (!shown || shown.state === "loading") {
    return (
      <CardFrame heading={<h2>{t("card.loading")}</h2>}>
        <div class="card-waiting" role="status">
          <span class="spinner" aria-hidden="true" />
        </div>
      </CardFrame>
    );
  }
  if (shown.state === "unit") return <UnitCard unit={shown.unit} place={shown.place} />;
  const layer = shown.state === "item" ? layerOf(shown.layer) : null;
  if (shown.state === "item" && layer)
    return <ItemCard layer={layer} item={shown.item} place={shown.place} />;
  const gone = shown.state === "failed" && shown.gone;
  return (
    <CardFrame heading={<h2>{t("card.information")}</h2>}>
      {gone ? (
        <p class="card-note">{t("card.gone")}</p>
      ) : (
        <Notice title={t("card.failed")} hint="" onRetry={retryDetails} />
      )}
    </CardFrame>
  );
}

type FrameProps = { readonly heading: ComponentChildren; readonly children: ComponentChildren };

/** The frame of everything that a click can show. */
export function CardFrame({ heading, children }: FrameProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const picked = selection.value;
  const key = picked ? JSON.stringify(picked) : "";
  // Another thing is read from its top.
  useEffect(() => {
    if (scroll.current) scroll.current.scrollTop = 0;
  }, [key]);
  return (
    <section class="card" aria-label={t("card.information")}>
      <header class="card-head">
        {picked && choices.value && (
          <button
            type="button"
            class="button button-icon"
            aria-label={t("card.back")}
            title={t("card.back")}
            onClick={backToChoices}
          >
            <Glyph name="back" />
          </button>
        )}
        <div class="card-heading">{heading}</div>
        <button
          type="button"
          class="button button-icon"
          aria-label={t("card.close")}
          title={`${t("card.close")} (Esc)`}
          onClick={closeCard}
        >
          <Glyph name="close" />
        </button>
      </header>
      <div class="card-body" ref={scroll}>
        {children}
      </div>
    </section>
  );
}

type SectionProps = { readonly title: string; readonly children: ComponentChildren };

export function CardSection({ title, children }: SectionProps) {
  return (
    <section class="card-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

type FactProps = { readonly label: string; readonly children: ComponentChildren };

export function Fact({ label, children }: FactProps) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
