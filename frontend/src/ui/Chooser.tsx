// SPDX-License-Identifier: Apache-2.0
import type { Hit } from "../map/pick";
import { formatNumber } from "../model/format";
import { itemColor, itemKind, itemTitle, legendEntry, legendShape } from "../model/item";
import { choose } from "../state/actions";
import { chosenPlace } from "../state/details";
import { hexLayer, hexResolution, lang, layerOf, t, text } from "../state/store";
import { CardFrame } from "./Card";
import { Coordinates } from "./Coordinates";
import { Glyph, LayerChip, ShapeMark } from "./glyphs";
import { Units } from "./ItemCard";

type Props = { readonly choices: { readonly hits: readonly Hit[] } };

export function Chooser({ choices }: Props) {
  const { hits } = choices;
  const place = chosenPlace.value;
  return (
    <CardFrame heading={<h2>{heading(hits.length)}</h2>}>
      <ul class="chooser">
        {hits.map((hit) => (
          <li key={hit.kind === "item" ? `${hit.layer}/${hit.id}` : hit.kind}>
            {hit.kind === "cell" ? <Cell hit={hit} /> : <Choice hit={hit} />}
          </li>
        ))}
      </ul>
      <Units units={place?.units ?? []} />
      <Coordinates place={place} />
    </CardFrame>
  );
}

function heading(count: number): string {
  return count === 0 ? t("card.point") : t("card.several", { n: formatNumber(count, lang.value) });
}

function Cell({ hit }: { readonly hit: Extract<Hit, { kind: "cell" }> }) {
  const layer = hexLayer.value;
  return (
    <div class="choice choice-fixed">
      <span class="choice-hex">
        <Glyph name="hexagon" size={20} />
      </span>
      <span class="choice-text">
        <span class="choice-title">
          {formatNumber(hit.value, lang.value, 1)}{" "}
          {layer ? text(layer.title).toLocaleLowerCase(lang.value) : ""}
        </span>
        <span class="choice-facts">
          {t("hex.level", { n: hexResolution.value })} · {hit.cell}
        </span>
      </span>
    </div>
  );
}

function Choice({ hit }: { readonly hit: Exclude<Hit, { kind: "cell" }> }) {
  const layer = layerOf(hit.layer);
  if (!layer) return null;
  const { properties } = hit;
  const ranked = hit.kind === "item" ? legendEntry(layer, properties) : null;
  const title =
    hit.kind === "unit"
      ? String(properties.full_name ?? properties.name ?? properties.code)
      : itemTitle(layer, properties, lang.value);
  const facts = [text(layer.title), hit.kind === "item" ? itemKind(layer, properties, lang.value) : null];
  return (
    <button type="button" class="choice" onClick={() => choose(hit)}>
      <LayerChip icon={layer.icon} color={layer.color} />
      <span class="choice-text">
        <span class="choice-title">{title}</span>
        <span class="choice-facts">
          {ranked?.value && (
            <ShapeMark
              shape={legendShape(layer, ranked.value)}
              color={itemColor(layer, properties)}
              size={10}
            />
          )}
          {[...new Set(facts)].filter(Boolean).join(" · ")}
        </span>
      </span>
      <Glyph name="chevron" size={16} />
    </button>
  );
}
