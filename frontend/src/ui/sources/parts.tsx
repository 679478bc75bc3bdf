// SPDX-License-Identifier: Apache-2.0
/** Small parts that every part of the page uses. */

import type { ComponentChildren } from "preact";
import type { SourceState } from "../../model/sources/types";
import { copy } from "../../state/sources/page";
import { tc } from "../../state/sources/words";
import { layerOf, text } from "../../state/store";
import { Glyph, type GlyphName, LayerChip, ShapeMark } from "../glyphs";

/** By form as well as by colour: filled is heard, an edge is waited for, corners are trouble. */
export function StateMark({ state }: { readonly state: SourceState }) {
  switch (state) {
    case "ok":
      return <ShapeMark shape="circle" color="var(--good)" size={13} />;
    case "silent":
      return <ShapeMark shape="diamond" color="var(--warn)" size={13} />;
    case "failing":
      return <ShapeMark shape="octagon" color="var(--bad)" size={13} />;
    case "waiting":
    case "off":
      return <span class={`src-ring src-ring-${state}`} aria-hidden="true" />;
  }
}

export function LayerNames({ layers }: { readonly layers: readonly string[] }) {
  return (
    <ul class="src-layers">
      {layers.map((id) => {
        const layer = layerOf(id);
        return (
          <li key={id}>
            {layer && <LayerChip icon={layer.icon} color={layer.color} small />}
            {layer ? text(layer.title) : id}
          </li>
        );
      })}
    </ul>
  );
}

/** Something to be typed elsewhere, with a button that copies it. */
export function Code({ children, label }: { readonly children: string; readonly label: string }) {
  return (
    <div class="src-code">
      <pre>{children}</pre>
      <button
        type="button"
        class="button button-icon"
        aria-label={`${tc("page.copy")}: ${label}`}
        title={tc("page.copy")}
        onClick={() => void copy(children)}
      >
        <Glyph name="copy" size={16} />
      </button>
    </div>
  );
}

type EmptyProps = {
  readonly glyph: GlyphName;
  readonly title: string;
  readonly children?: ComponentChildren;
};

export function Empty({ glyph, title, children }: EmptyProps) {
  return (
    <div class="src-empty">
      <Glyph name={glyph} size={26} />
      <h4>{title}</h4>
      {children && <p>{children}</p>}
    </div>
  );
}
