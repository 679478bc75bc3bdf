// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { formatFeedTime, formatNumber } from "../model/format";
import { keyOf, type Unlocated } from "../model/unlocated";
import {
  queueBusy,
  queueCounts,
  queueItem,
  queueItems,
  queueKey,
  queuePhase,
  queueTotal,
} from "../state/queueList";
import { lang, layerOf, layers, now, t, text } from "../state/store";
import { closeQueue, loadQueue, openQueue, show, step, titleOf } from "../state/unlocated";
import { Glyph, LayerChip } from "./glyphs";
import { Notice } from "./Notice";
import { onQueueKey } from "./queueKeys";
import { UnlocatedItem } from "./UnlocatedItem";

/** In the place of the feed, so that the map keeps all of its room. */
export function UnlocatedPanel({ layer }: { readonly layer: string | null }) {
  const root = useRef<HTMLElement>(null);
  useEffect(() => void loadQueue(layer), [layer]);
  useEffect(() => {
    root.current?.focus();
    addEventListener("keydown", onQueueKey, true);
    return () => removeEventListener("keydown", onQueueKey, true);
  }, []);
  // What came meanwhile is counted in the manifest first.
  const counted = layers.value.reduce(
    (sum, one) => sum + (layer === null || one.id === layer ? one.unlocated : 0),
    0,
  );
  useEffect(() => {
    if (queuePhase.value === "ready" && counted > queueTotal.value) void loadQueue(layer, true);
  }, [counted, layer]);
  return (
    <section class="queue" aria-label={t("queue.list")} ref={root} tabIndex={-1}>
      <header class="queue-head">
        <h2>{t("queue.title")}</h2>
        {queueTotal.value > 0 && (
          <span class="queue-total">{formatNumber(queueTotal.value, lang.value)}</span>
        )}
        <button
          type="button"
          class="button button-icon"
          aria-label={t("queue.back")}
          title={`${t("queue.back")} (Esc)`}
          onClick={closeQueue}
        >
          <Glyph name="close" />
        </button>
      </header>
      <LayerFilter chosen={layer} />
      <Body layer={layer} />
    </section>
  );
}

function LayerFilter({ chosen }: { readonly chosen: string | null }) {
  const counts = Object.entries(queueCounts.value).filter(([id, n]) => n > 0 || id === chosen);
  if (counts.length < 2 && chosen === null) return null;
  return (
    <fieldset class="segments segments-small queue-filter" aria-label={t("feed.filter")}>
      <button type="button" class="segment" aria-pressed={chosen === null} onClick={() => openQueue()}>
        {t("feed.all")}
      </button>
      {counts.map(([id, n]) => (
        <button
          key={id}
          type="button"
          class="segment"
          aria-pressed={chosen === id}
          onClick={() => openQueue(id)}
        >
          {text(layerOf(id)?.title ?? { vi: id, en: id })} <small>{formatNumber(n, lang.value)}</small>
        </button>
      ))}
    </fieldset>
  );
}

function Body({ layer }: { readonly layer: string | null }) {
  const phase = queuePhase.value;
  const item = queueItem.value;
  if (phase === "loading" && !item) {
    return (
      <div class="feed-empty" role="status">
        <span class="spinner" aria-hidden="true" />
        <p>{t("queue.loading")}</p>
      </div>
    );
  }
  if (typeof phase === "object") {
    return <Notice title={t("queue.failed")} hint={phase.problem} onRetry={() => void loadQueue(layer)} />;
  }
  if (!item) {
    return (
      <div class="feed-empty queue-empty">
        <Glyph name="check" size={28} />
        <h3>{t("queue.empty")}</h3>
        <p>{t("queue.emptyHint")}</p>
      </div>
    );
  }
  return (
    <>
      <UnlocatedItem key={keyOf(item)} item={item} />
      <Others />
      <Foot />
    </>
  );
}

function Others() {
  const items = queueItems.value;
  const left = queueTotal.value - items.length;
  return (
    <ol class="queue-list" aria-label={t("queue.list")}>
      {items.map((item) => (
        <Row key={keyOf(item)} item={item} />
      ))}
      {left > 0 && <li class="queue-left">{t("queue.more", { n: formatNumber(left, lang.value) })}</li>}
    </ol>
  );
}

function Row({ item }: { readonly item: Unlocated }) {
  const current = keyOf(item) === queueKey.value;
  const layer = layerOf(item.layer);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li>
      <button ref={button} type="button" class="queue-row" aria-current={current} onClick={() => show(item)}>
        {layer && <LayerChip icon={layer.icon} color={layer.color} small />}
        <span class="queue-row-title">{titleOf(item)}</span>
        <time>{formatFeedTime(item.time ?? item.recorded_at, new Date(now.value))}</time>
      </button>
    </li>
  );
}

function Foot() {
  return (
    <footer class="queue-foot">
      <button type="button" class="button button-outline" onClick={() => step(-1)} disabled={queueBusy.value}>
        {t("queue.previous")}
        <kbd>K</kbd>
      </button>
      <button type="button" class="button button-outline" onClick={() => step(1)} disabled={queueBusy.value}>
        {t("queue.skip")}
        <kbd>J</kbd>
      </button>
    </footer>
  );
}
