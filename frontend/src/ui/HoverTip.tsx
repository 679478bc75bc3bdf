// SPDX-License-Identifier: Apache-2.0
import { useComputed } from "@preact/signals";
import type { Hit } from "../map/pick";
import { formatNumber } from "../model/format";
import { itemColor, itemTitle, legendEntry, legendShape } from "../model/item";
import { measureText, noDataText, values, valuesLayer } from "../state/choropleth";
import { currentMap } from "../state/mapRef";
import { hexLayer, lang, layerOf, pointer, t, text } from "../state/store";
import { ShapeMark } from "./glyphs";

type FoldHit = Extract<Hit, { kind: "fold" }>;
type ItemHit = Extract<Hit, { kind: "item" }>;

/** The name of what lies under the pointer; everything else about it waits for the click. */
export function HoverTip() {
  // A unit is worth a tip only while its colour asks for a number.
  const shown = useComputed(
    () => pointer.value?.hits.filter((hit) => hit.kind !== "unit" || values.value !== null) ?? [],
  );
  const at = pointer.value;
  const [first] = shown.value;
  if (!at || !first) return null;
  const more = shown.value.filter((hit) => hit.kind !== "unit").length - 1;
  // On the right half it opens to the left, or the stage would cut it off.
  const flipped = at.x > (currentMap()?.map.getContainer().clientWidth ?? 0) / 2;
  const x = flipped ? `calc(${at.x - 14}px - 100%)` : `${at.x + 14}px`;
  return (
    <div class="tip" aria-hidden="true" style={{ transform: `translate(${x}, ${at.y + 16}px)` }}>
      {first.kind === "cell" && <CellLine value={first.value} />}
      {first.kind === "item" && <ItemLine hit={first} />}
      {first.kind === "fold" && <FoldLine hit={first} />}
      {first.kind === "unit" && <UnitLine code={String(first.properties.code)} />}
      {more > 0 && <span class="tip-more">+{formatNumber(more, lang.value)}</span>}
    </div>
  );
}

function CellLine({ value }: { readonly value: number }) {
  const title = hexLayer.value ? text(hexLayer.value.title) : t("hex.value");
  return (
    <span>
      {title}: <strong>{formatNumber(value, lang.value, 1)}</strong>
    </span>
  );
}

function UnitLine({ code }: { readonly code: string }) {
  const unit = values.value?.units.find((candidate) => candidate.code === code);
  const layer = valuesLayer.value;
  if (!unit || !layer) return null;
  return (
    <span>
      {unit.full_name ?? [unit.type, unit.name].filter(Boolean).join(" ")}:{" "}
      {unit.value === null ? (
        noDataText(layer)
      ) : (
        <>
          <strong>{formatNumber(unit.value, lang.value, 2)}</strong> {measureText(layer)}
        </>
      )}
    </span>
  );
}

function FoldLine({ hit }: { readonly hit: FoldHit }) {
  const layer = layerOf(hit.layer);
  if (!layer) return null;
  const entry = legendEntry(layer, hit.properties);
  return (
    <>
      <ShapeMark
        shape={legendShape(layer, entry?.value ?? null)}
        color={itemColor(layer, hit.properties)}
        size={11}
      />
      <span>
        {text(layer.title)}: <strong>{formatNumber(hit.count, lang.value)}</strong>
        {hit.open !== null && <> · {t("fold.open", { n: formatNumber(hit.open, lang.value) })}</>}
      </span>
    </>
  );
}

function ItemLine({ hit }: { readonly hit: ItemHit }) {
  const layer = layerOf(hit.layer);
  if (!layer) return null;
  const entry = legendEntry(layer, hit.properties);
  return (
    <>
      <ShapeMark
        shape={legendShape(layer, entry?.value ?? null)}
        color={itemColor(layer, hit.properties)}
        size={11}
      />
      <span class="tip-title">{itemTitle(layer, hit.properties, lang.value)}</span>
    </>
  );
}
