// SPDX-License-Identifier: Apache-2.0
/** Asks again about once a second while something moves at the server; slower while the server cannot be reached. */

export type Poll<T> = {
  readonly fetch: (signal: AbortSignal) => Promise<T>;
  readonly isMoving: (answer: T) => boolean;
  readonly onAnswer: (answer: T) => void;
  readonly onError: (error: unknown) => void;
};

const EVERY_MS = 1_000;
const SLOWEST_MS = 8_000;

export class Poller<T> {
  readonly #poll: Poll<T>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking: AbortController | null = null;
  #failures = 0;
  #stopped = false;

  constructor(poll: Poll<T>) {
    this.#poll = poll;
  }

  /** Ask now; what was asked before is not waited for. */
  async ask(): Promise<void> {
    if (this.#stopped) return;
    this.#clear();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const answer = await this.#poll.fetch(asking.signal);
      if (this.#asking !== asking) return;
      this.#failures = 0;
      this.#poll.onAnswer(answer);
      if (this.#asking === asking && this.#poll.isMoving(answer)) this.#again(EVERY_MS);
    } catch (error) {
      if (this.#asking !== asking) return;
      this.#failures += 1;
      this.#poll.onError(error);
      if (!isRefusal(error)) this.#again(Math.min(EVERY_MS * 2 ** this.#failures, SLOWEST_MS));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #again(delay: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.ask(), delay);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asking?.abort();
    this.#asking = null;
  }
}

/** The server answered and will not answer otherwise. */
function isRefusal(error: unknown): boolean {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === "number" && status >= 400 && status < 500 && status !== 429;
}
