// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { templateUrl } from "../../api/imports";
import { pushAddress } from "../../api/sources/sources";
import { tc } from "../../state/sources/words";
import { layerOf, text } from "../../state/store";
import { Glyph, type GlyphName, LayerChip } from "../glyphs";
import { Code } from "./parts";

/** Tables to fill in, one a layer; layers that this server does not have are only named. */
export function Templates({ layers }: { readonly layers: readonly string[] }) {
  const known = layers.flatMap((id) => layerOf(id) ?? []);
  if (known.length === 0) return null;
  return (
    <ul class="src-templates" aria-label={tc("connect.template")}>
      {known.map((layer) => (
        <li key={layer.id}>
          <LayerChip icon={layer.icon} color={layer.color} small />
          <span>{text(layer.title)}</span>
          {(["xlsx", "csv"] as const).map((format) => (
            <a key={format} class="link" href={templateUrl(layer.id, format)} download>
              <Glyph name="download" size={14} />
              {format === "xlsx" ? "Excel" : "CSV"}
            </a>
          ))}
        </li>
      ))}
    </ul>
  );
}

type WayProps = { readonly glyph: GlyphName; readonly title: string; readonly children: ComponentChildren };

function Way({ glyph, title, children }: WayProps) {
  return (
    <li class="src-way">
      <Glyph name={glyph} size={20} />
      <div>
        <h5>{title}</h5>
        {children}
      </div>
    </li>
  );
}

type Props = { readonly id: string; readonly layers: readonly string[]; readonly sample: string };

/** The three doors that every system has, whatever it speaks. */
export function WaysIn({ id, layers, sample }: Props) {
  return (
    <section class="src-section">
      <h4>{tc("connect.intro")}</h4>
      <ol class="src-ways">
        <Way glyph="table" title={tc("connect.table")}>
          <p>{tc("connect.tableText")}</p>
          <Templates layers={layers} />
        </Way>
        <Way glyph="upload" title={tc("connect.push")}>
          <p>{tc("connect.pushText")}</p>
          <p class="field-hint">{tc("connect.pushNew")}</p>
          <Code label={tc("connect.address")}>{`POST ${pushAddress(id)}`}</Code>
        </Way>
        <Way glyph="download" title={tc("connect.pull")}>
          <p>{tc("connect.pullText")}</p>
          <Code label={tc("connect.pullSample")}>{sample}</Code>
        </Way>
      </ol>
    </section>
  );
}
