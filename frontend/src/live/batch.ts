// SPDX-License-Identifier: Apache-2.0
/** Leading edge first, then at most one flush per window: the first change is seen at once, a flood is not. */

export type Batcher<T> = { readonly push: (values: readonly T[]) => void; readonly clear: () => void };

export function createBatcher<T>(windowMs: number, flush: (values: readonly T[]) => void): Batcher<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;

  function tick(): void {
    timer = null;
    if (waiting.length === 0) return;
    const values = waiting;
    waiting = [];
    timer = setTimeout(tick, windowMs);
    flush(values);
  }

  return {
    push(values) {
      if (values.length === 0) return;
      waiting.push(...values);
      if (timer === null) tick();
    },
    clear() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting = [];
    },
  };
}
