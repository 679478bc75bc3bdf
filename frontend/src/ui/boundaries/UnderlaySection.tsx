// SPDX-License-Identifier: Apache-2.0
import { useId } from "preact/hooks";
import { isEditable } from "../../model/boundaries/draft";
import type { Underlay } from "../../model/boundaries/published";
import type { Draft } from "../../model/boundaries/types";
import { currentReview } from "../../state/boundaries/reviewRef";
import {
  isPreparing,
  isReady,
  opacityOf,
  removeUnderlay,
  sendUnderlay,
  setOpacity,
  underlayProblem,
  underlaySending,
  underlays,
} from "../../state/boundaries/underlays";
import { problemWords, tb } from "../../state/boundaries/words";
import { text } from "../../state/store";
import { Glyph } from "../glyphs";
import { FormProblem } from "../SignIn";
import { Section } from "./parts";

export function UnderlaySection({ draft }: { readonly draft: Draft }) {
  const id = useId();
  const sending = underlaySending.value;
  return (
    <Section title={tb("underlay.title")} hint={tb("underlay.hint")}>
      <ul class="underlays">
        {underlays.value.map((one) => (
          <UnderlayItem key={one.id} underlay={one} may={isEditable(draft)} />
        ))}
      </ul>
      {sending !== null && (
        <div role="status">
          <progress class="progress" max={1} {...(sending < 1 ? { value: sending } : {})} />
          <p class="hint">{tb("drop.sending", { n: Math.round(sending * 100) })}</p>
        </div>
      )}
      <FormProblem text={underlayProblem.value} />
      {isEditable(draft) && sending === null && (
        <label class="file-line" for={id}>
          <Glyph name="upload" size={16} />
          <span>{tb("underlay.add")}</span>
          <input
            id={id}
            type="file"
            class="visually-hidden"
            accept=".tif,.tiff,image/tiff"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void sendUnderlay(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
      )}
    </Section>
  );
}

/** Why it is of no use, as the server says it. */
function reason({ findings, job }: Underlay): string {
  const found = (findings ?? []).map(({ detail }) => text(detail));
  return found.join(" ") || problemWords(job?.problem ?? null);
}

function UnderlayItem({ underlay, may }: { readonly underlay: Underlay; readonly may: boolean }) {
  const id = useId();
  const { name } = underlay.file;
  const value = opacityOf(underlay.id);
  return (
    <li class="underlay" data-underlay={underlay.id}>
      <div class="underlay-head">
        <span class="underlay-name">{name}</span>
        {isReady(underlay) && underlay.bbox && (
          <button
            type="button"
            class="link"
            onClick={() => underlay.bbox && currentReview()?.fit(underlay.bbox)}
          >
            {tb("underlay.show")}
          </button>
        )}
        {may && (
          <button
            type="button"
            class="button button-icon"
            aria-label={tb("underlay.remove", { name })}
            title={tb("underlay.remove", { name })}
            onClick={() => void removeUnderlay(underlay.id)}
          >
            <Glyph name="bin" size={16} />
          </button>
        )}
      </div>
      {isReady(underlay) && (
        <div class="underlay-slider">
          <label for={id}>{tb("underlay.opacity")}</label>
          <input
            id={id}
            type="range"
            min={0}
            max={100}
            value={Math.round(value * 100)}
            onInput={(event) => setOpacity(underlay.id, Number(event.currentTarget.value) / 100)}
          />
          <output for={id}>{Math.round(value * 100)} %</output>
        </div>
      )}
      {isPreparing(underlay) && (
        <div role="status">
          <progress
            class="progress"
            max={1}
            {...(underlay.job?.state === "running" ? { value: underlay.job.share } : {})}
          />
          <p class="hint">{tb("underlay.working")}</p>
        </div>
      )}
      {!isReady(underlay) && !isPreparing(underlay) && (
        <p class="form-problem">
          {tb("underlay.failed")}. {reason(underlay)}
        </p>
      )}
    </li>
  );
}
