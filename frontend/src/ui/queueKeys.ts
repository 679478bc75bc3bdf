// SPDX-License-Identifier: Apache-2.0
/** The queue by keyboard: a hand on the keys and a hand on the mouse is the fastest way through it. */

import { placing } from "../state/placing";
import { queueItem } from "../state/queueList";
import { choices, selection } from "../state/store";
import { back, chooseUnit, confirmPlace, step, togglePlacing } from "../state/unlocated";

/** Listens before everybody else: Esc means the queue, not the card underneath. */
export function onQueueKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event.target)) return;
  if (!act(event.key, event.target)) return;
  event.preventDefault();
  event.stopPropagation();
}

function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, .account") !== null;
}

function act(key: string, target: EventTarget | null): boolean {
  switch (key) {
    case "j":
    case "J":
      step(1);
      return true;
    case "k":
    case "K":
      step(-1);
      return true;
    case "p":
    case "P":
      togglePlacing();
      return true;
    case "Escape":
      // A card that was opened from the map is closed first, as always.
      if (selection.value || choices.value) return false;
      back();
      return true;
    case "Enter":
      if (!placing.value?.place || meansItself(target)) return false;
      void confirmPlace();
      return true;
    default:
      return choose(key);
  }
}

/** A button that has the focus is meant, but for the choice of how exact: that one is taken by the space bar. */
function meansItself(target: EventTarget | null): boolean {
  const button = target instanceof Element ? target.closest("button, a, summary") : null;
  return button !== null && button.closest("[data-enter=confirms]") === null;
}

function choose(key: string): boolean {
  if (!/^[1-9]$/.test(key)) return false;
  const candidate = queueItem.value?.candidates[Number(key) - 1];
  if (candidate) void chooseUnit(candidate);
  return candidate !== undefined;
}
