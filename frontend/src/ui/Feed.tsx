// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { formatDateTime, formatFeedTime, formatNumber } from "../model/format";
import { isUnitOnly, itemColor, itemKind, itemTitle, legendEntry, legendShape } from "../model/item";
import { openItem } from "../state/actions";
import {
  feedFilter,
  feedLayers,
  feedPhase,
  holdFeed,
  loadFeed,
  type Row,
  releaseFeed,
  shownRows,
  waitingCount,
} from "../state/feed";
import { askUnit, unitOf } from "../state/feedUnits";
import { lang, layerOf, now, selection, setInForce, t, text } from "../state/store";
import { ShapeMark } from "./glyphs";
import { Notice } from "./Notice";

export function Feed() {
  return (
    <section class="feed" aria-label={t("feed.title")}>
      <div class="feed-head">
        <h2>{t("feed.title")}</h2>
        <FeedFilter />
      </div>
      <div
        class="feed-body"
        onPointerEnter={() => holdFeed(true)}
        onPointerLeave={() => holdFeed(false)}
        onFocusIn={(event) => {
          // Only a keyboard holds by focus: a clicked row keeps focus long after the pointer has gone.
          if (event.target instanceof Element && event.target.matches(":focus-visible")) holdFeed(true);
        }}
        onFocusOut={() => holdFeed(false)}
      >
        {waitingCount.value > 0 && (
          <button type="button" class="feed-new" onClick={releaseFeed}>
            {t("feed.new", { n: formatNumber(waitingCount.value, lang.value) })}
          </button>
        )}
        <FeedRows />
      </div>
    </section>
  );
}

function FeedFilter() {
  if (feedLayers.value.length < 2) return null;
  const options = [
    { id: null, title: t("feed.all") },
    ...feedLayers.value.map((layer) => ({ id: layer.id, title: text(layer.title) })),
  ];
  return (
    <fieldset class="segments segments-small" aria-label={t("feed.filter")}>
      {options.map(({ id, title }) => (
        <button
          key={id ?? ""}
          type="button"
          class="segment"
          aria-pressed={feedFilter.value === id}
          onClick={() => {
            feedFilter.value = id;
          }}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}

function FeedRows() {
  const rows = shownRows.value;
  if (rows.length > 0) {
    return (
      <ol class="feed-list">
        {rows.map((row) => (
          <FeedRow key={`${row.layer}/${row.item.id}`} row={row} />
        ))}
      </ol>
    );
  }
  if (feedPhase.value === "failed") {
    return <Notice title={t("feed.failed")} hint="" onRetry={() => void loadFeed()} />;
  }
  if (feedPhase.value === "loading") {
    return (
      <div class="feed-empty" role="status">
        <span class="spinner" aria-hidden="true" />
      </div>
    );
  }
  return (
    <div class="feed-empty">
      <h3>{t("feed.empty")}</h3>
      <p>{t("feed.emptyHint")}</p>
    </div>
  );
}

function FeedRow({ row }: { readonly row: Row }) {
  useEffect(() => askUnit(row.item, row.fresh), [row.item, row.fresh]);
  const picked = selection.value;
  const selected = picked?.kind === "item" && picked.layer === row.layer && picked.id === row.item.id;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The card takes the lower part of the column: the chosen row must not vanish behind it.
    if (selected) requestAnimationFrame(() => button.current?.scrollIntoView({ block: "nearest" }));
  }, [selected]);
  const layer = layerOf(row.layer);
  if (!layer) return null;
  const { properties, geometry } = row.item;
  const entry = legendEntry(layer, properties);
  const time = row.at ? new Date(row.at) : null;
  const place = geometry
    ? unitOf(row.item, time ? setInForce(time) : null)
    : t(isUnitOnly(row.item) ? "feed.unitOnly" : "feed.unlocated");
  const facts = [itemKind(layer, properties, lang.value) ?? text(layer.title), place].filter(Boolean);
  return (
    <li class={row.fresh ? "feed-row feed-row-fresh" : "feed-row"}>
      <button
        ref={button}
        type="button"
        class="feed-button"
        aria-current={selected ? "true" : undefined}
        data-item={`${row.layer}/${row.item.id}`}
        onClick={() => openItem(row.layer, row.item)}
      >
        <span class="feed-mark" title={entry ? text(entry.label) : undefined}>
          <ShapeMark shape={legendShape(layer, entry?.value ?? null)} color={itemColor(layer, properties)} />
          {entry && <span class="visually-hidden">{text(entry.label)}</span>}
        </span>
        <span class="feed-text">
          <span class="feed-title">{itemTitle(layer, properties, lang.value)}</span>
          <span class="feed-facts">{facts.join(" · ")}</span>
        </span>
        {time && (
          <time class="feed-time" dateTime={time.toISOString()} title={formatDateTime(time)}>
            {formatFeedTime(time.toISOString(), new Date(now.value))}
          </time>
        )}
      </button>
    </li>
  );
}
