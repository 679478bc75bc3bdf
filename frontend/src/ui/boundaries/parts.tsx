// SPDX-License-Identifier: Apache-2.0
/** Small parts that every view of the workspace uses. */

import type { ComponentChildren } from "preact";
import type { DraftState, DraftSummary, Severity } from "../../model/boundaries/types";
import type { Shape } from "../../model/item";
import { tb } from "../../state/boundaries/words";
import { theme } from "../../state/store";
import { REVIEW_PALETTE } from "../../style/reviewPalette";
import { Glyph, type GlyphName, ShapeMark } from "../glyphs";

const TONES: Readonly<Record<DraftState, "busy" | "ask" | "good" | "bad" | "over">> = {
  checking: "busy",
  questions: "ask",
  checked: "good",
  refused: "bad",
  failed: "bad",
  cancelled: "over",
  awaiting_approval: "ask",
  publishing: "busy",
  published: "good",
  withdrawn: "over",
};

type StateProps = { readonly draft: Pick<DraftSummary, "state" | "approval"> };

export function StateChip({ draft: { state, approval } }: StateProps) {
  // The server's state stays the same until it is published.
  if (state === "awaiting_approval" && approval.approved_at)
    return <span class="state state-good">{tb("state.approved")}</span>;
  return <span class={`state state-${TONES[state]}`}>{tb(`state.${state}`)}</span>;
}

const SHAPES: Readonly<Record<Severity, Shape>> = {
  reject: "octagon",
  error: "triangle",
  question: "circle",
  warning: "diamond",
  info: "circle",
};

export function SeverityMark({
  severity,
  size = 14,
}: {
  readonly severity: Severity;
  readonly size?: number;
}) {
  const color = REVIEW_PALETTE[theme.value].severity[severity];
  return <ShapeMark shape={SHAPES[severity]} color={color} size={size} />;
}

type SectionProps = {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
};

export function Section({ title, hint, action, children }: SectionProps) {
  return (
    <section class="wsection">
      <header class="wsection-head">
        <h3>{title}</h3>
        {action}
      </header>
      {hint && <p class="hint">{hint}</p>}
      {children}
    </section>
  );
}

type EmptyProps = { readonly glyph: GlyphName; readonly children: ComponentChildren };

export function Empty({ glyph, children }: EmptyProps) {
  return (
    <div class="wempty">
      <Glyph name={glyph} size={24} />
      <p>{children}</p>
    </div>
  );
}

type FilterProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: ComponentChildren;
    readonly count: number;
  }[];
  readonly onChange: (value: T) => void;
};

/** Chips with counts, one pressed; what there is none of is not offered. */
export function Filter<T extends string>({ label, value, options, onChange }: FilterProps<T>) {
  return (
    <fieldset class="wfilter" aria-label={label}>
      {options
        .filter((option) => option.count > 0 || option.value === value)
        .map((option) => (
          <button
            key={option.value}
            type="button"
            class="wfilter-chip"
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.label} <strong>{option.count}</strong>
          </button>
        ))}
    </fieldset>
  );
}
