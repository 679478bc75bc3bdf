// SPDX-License-Identifier: Apache-2.0
import type { Hit } from "../map/pick";
import { formatNumber } from "../model/format";
import { itemColor, itemKind, itemTitle, legendEntry, legendShape } from "../model/item";
import type { Layer } from "../model/types";
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
          <li key={keyOf(hit)}>{hit.kind === "cell" ? <Cell hit={hit} /> : <Choice hit={hit} />}</li>
        ))}
      </ul>
      <Units units={place?.units ?? []} />
      <Coordinates place={place} />
    </CardFrame>
  );
}

function keyOf(hit: Hit): string {
  if (hit.kind === "item") return `${hit.layer}/${hit.id}`;
  return hit.kind === "fold" ? `${hit.layer}@${hit.at.join()}` : hit.kind;
}

function titleOf(hit: Exclude<Hit, { kind: "cell" }>, layer: Layer): string {
  const { properties } = hit;
  switch (hit.kind) {
    case "unit":
      return String(properties.full_name ?? properties.name ?? properties.code);
    case "fold":
      return `${text(layer.title)}: ${formatNumber(hit.count, lang.value)}`;
    case "item":
      return itemTitle(layer, properties, lang.value);
  }
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
  const title = titleOf(hit, layer);
  const facts =
    hit.kind === "fold"
      ? [t("fold.hint")]
      : [text(layer.title), hit.kind === "item" ? itemKind(layer, properties, lang.value) : null];
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
