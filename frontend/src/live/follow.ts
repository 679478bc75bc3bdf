// SPDX-License-Identifier: Apache-2.0
/** A page's end of the shared stream; where the browser shares no workers, the page has a stream of its own. */

import { liveUrl } from "../api/server";
import type { ChangeEvent } from "../model/types";
import { type FromHub, type FromPage, Hub, type Wish } from "./hub";
import type { StreamState } from "./stream";

export type Listeners = {
  readonly onChange: (event: ChangeEvent) => void;
  readonly onReset: () => void;
  readonly onAuth: () => void;
  readonly onState: (state: StreamState) => void;
};

type Line = { readonly send: (message: FromPage) => void; readonly close: () => void };
type Dial = (hear: (message: FromHub) => void, failed: () => void) => Line | null;

export type Following = { readonly wish: (wish: Wish) => void; readonly stop: () => void };

/** A worker that runs answers at once. */
const ANSWER_WITHIN_MS = 4_000;

const dialShared: Dial = (hear, failed) => {
  if (typeof SharedWorker === "undefined") return null;
  try {
    const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "toancanh-live",
    });
    worker.onerror = failed;
    worker.port.onmessage = ({ data }: MessageEvent<FromHub>) => hear(data);
    return { send: (message) => worker.port.postMessage(message), close: () => worker.port.close() };
  } catch {
    // Locked-down and private windows may refuse.
    return null;
  }
};

const dialOwn: Dial = (hear) => {
  const hub = new Hub(({ layers, zooms }, lastEventId) => liveUrl(layers, zooms, lastEventId));
  return { send: (message) => hub.hear(hear, message), close: () => {} };
};

export function follow(
  first: Wish,
  listeners: Listeners,
  dials: readonly Dial[] = [dialShared, dialOwn],
): Following {
  let current = first;
  let line: Line | null = null;
  let patience: ReturnType<typeof setTimeout> | null = null;

  function hear(message: FromHub): void {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    switch (message.say) {
      case "state":
        listeners.onState(message.state);
        break;
      case "change":
        listeners.onChange(JSON.parse(message.data) as ChangeEvent);
        line?.send({ say: "got" });
        break;
      case "reset":
        listeners.onReset();
        break;
      case "auth":
        listeners.onAuth();
        break;
    }
  }

  function dial(left: readonly Dial[]): void {
    const [next, ...others] = left;
    if (!next) return;
    let over = false;
    const failed = () => {
      if (over) return;
      over = true;
      hangUp();
      dial(others);
    };
    const opened = next((message) => {
      if (!over) hear(message);
    }, failed);
    if (!opened) {
      dial(others);
      return;
    }
    line = {
      send: opened.send,
      close() {
        over = true;
        opened.close();
      },
    };
    if (others.length) patience = setTimeout(failed, ANSWER_WITHIN_MS);
    opened.send({ say: "follow", wish: current });
  }

  function hangUp(): void {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    line?.send({ say: "bye" });
    line?.close();
    line = null;
  }

  // A page that goes into the browser's back-forward cache shows nothing; when it returns it has missed something.
  const onReturn = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    dial(dials);
    listeners.onReset();
  };
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", onReturn);
  dial(dials);
  return {
    wish(wish) {
      if (JSON.stringify(wish) === JSON.stringify(current)) return;
      current = wish;
      line?.send({ say: "follow", wish });
    },
    stop() {
      removeEventListener("pagehide", hangUp);
      removeEventListener("pageshow", onReturn);
      hangUp();
    },
  };
}
