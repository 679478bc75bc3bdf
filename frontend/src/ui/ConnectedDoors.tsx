// SPDX-License-Identifier: Apache-2.0
import { formatNumber } from "../model/format";
import { alarm, isStaff } from "../state/sources/watch";
import { lang, layers, t } from "../state/store";
import { closeQueue, openQueue } from "../state/unlocated";
import { openSources, workspace } from "../state/workspace";
import { Glyph } from "./glyphs";

/** For those whose work it is: how the sources are doing, and what waits for a place. */
export function ConnectedDoors() {
  if (!isStaff.value) return null;
  return (
    <>
      <SourcesDoor />
      <QueueDoor />
    </>
  );
}

function SourcesDoor() {
  const { count, failing, silent, deadLetters } = alarm.value;
  const words = t("sources.alarm", {
    n: count,
    failing,
    silent,
    letters: formatNumber(deadLetters, lang.value),
  });
  return (
    <button
      type="button"
      class="work-door"
      title={count > 0 ? words : t("sources.hint")}
      onClick={() => openSources()}
    >
      <Glyph name="plug" size={16} />
      {t("sources.open")}
      {count > 0 && (
        <span class={failing + silent > 0 ? "door-badge door-badge-bad" : "door-badge"}>
          <span aria-hidden="true">{formatNumber(count, lang.value)}</span>
          <span class="visually-hidden">{words}</span>
        </span>
      )}
    </button>
  );
}

function QueueDoor() {
  const waiting = layers.value.reduce((sum, layer) => sum + layer.unlocated, 0);
  const open = workspace.value?.view === "unlocated";
  if (waiting === 0 && !open) return null;
  return (
    <button
      type="button"
      class="work-door"
      aria-pressed={open}
      title={t("queue.hint", { n: formatNumber(waiting, lang.value) })}
      onClick={() => (open ? closeQueue() : openQueue())}
    >
      <Glyph name="unplaced" size={16} />
      {t("queue.title")}
      {waiting > 0 && <span class="door-badge door-badge-plain">{formatNumber(waiting, lang.value)}</span>}
    </button>
  );
}
