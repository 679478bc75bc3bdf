// SPDX-License-Identifier: Apache-2.0
/** One EventSource with resume and backoff. The browser reconnects drops by itself; refusals are ours. */

export type StreamState = "connecting" | "live" | "reconnecting" | "lost";

export type StreamHandlers = {
  readonly url: (lastEventId: string | null) => string;
  /** The text of one change event. */
  readonly onChange: (data: string) => void;
  readonly onReset: () => void;
  /** The server ended the stream because the reader's rights are others now. */
  readonly onAuth: () => void;
  readonly onState: (state: StreamState) => void;
};

export type Stream = {
  /** Connects anew, where the address has changed, and goes on after the last event. */
  readonly renew: () => void;
  readonly stop: () => void;
};

const AFTER_RESET_MS = 300;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** After this long without a connection the console says so plainly. */
const LOST_AFTER_MS = 15_000;

export function backoffMs(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, attempt), LONGEST_WAIT_MS);
}

export function openStream(handlers: StreamHandlers, create = (url: string) => new EventSource(url)): Stream {
  let source: EventSource | null = null;
  let lastEventId: string | null = null;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let lost: ReturnType<typeof setTimeout> | null = null;

  function connect(): void {
    retry = null;
    const current = create(handlers.url(lastEventId));
    source = current;
    // What a closed connection had still queued belongs to nobody: the next one begins after the last event.
    const listen = (name: string, heard: (event: MessageEvent<string>) => void) =>
      current.addEventListener(name, (event) => {
        if (source === current) heard(event as MessageEvent<string>);
      });
    // An open connection may still be refused by a reset: only "ready" means that changes will follow.
    listen("ready", (event) => {
      if (event.lastEventId) lastEventId = event.lastEventId;
      connected();
    });
    listen("change", (event) => {
      if (event.lastEventId) lastEventId = event.lastEventId;
      handlers.onChange(event.data);
    });
    listen("reset", () => {
      lastEventId = null;
      troubled();
      // A server that is starting or stopping resets every attempt: ask soon, then ever more rarely.
      reopen(attempt === 0 ? AFTER_RESET_MS : backoffMs(attempt));
      attempt += 1;
      handlers.onReset();
    });
    listen("auth", () => handlers.onAuth());
    listen("error", () => {
      troubled();
      // CONNECTING: the browser tries again with Last-Event-ID. CLOSED: it gave up, so we go on.
      if (current.readyState === EventSource.CLOSED) reopen(backoffMs(attempt++));
    });
  }

  /** Further failures say nothing new: once lost, it stays lost until it is back. */
  function troubled(): void {
    if (lost !== null) return;
    handlers.onState("reconnecting");
    lost = setTimeout(() => handlers.onState("lost"), LOST_AFTER_MS);
  }

  function connected(): void {
    attempt = 0;
    if (lost !== null) clearTimeout(lost);
    lost = null;
    handlers.onState("live");
  }

  function close(): void {
    source?.close();
    source = null;
    if (retry !== null) clearTimeout(retry);
    retry = null;
  }

  function reopen(waitMs: number): void {
    close();
    retry = setTimeout(connect, waitMs);
  }

  handlers.onState("connecting");
  connect();
  return {
    renew() {
      // A connection that waits for its turn will ask for the new address anyway.
      if (retry !== null) return;
      close();
      connect();
    },
    stop() {
      close();
      if (lost !== null) clearTimeout(lost);
    },
  };
}
