// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBatcher } from "./batch";
import { backoffMs } from "./stream";

describe("batching", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows the first at once and the rest together", () => {
    const flushed: (readonly number[])[] = [];
    const batcher = createBatcher<number>(250, (values) => flushed.push(values));
    batcher.push([1]);
    batcher.push([2]);
    batcher.push([3, 4]);
    expect(flushed).toEqual([[1]]);
    vi.advanceTimersByTime(250);
    expect(flushed).toEqual([[1], [2, 3, 4]]);
  });

  it("is at once again after a quiet window", () => {
    const flushed: (readonly number[])[] = [];
    const batcher = createBatcher<number>(250, (values) => flushed.push(values));
    batcher.push([1]);
    vi.advanceTimersByTime(600);
    batcher.push([2]);
    expect(flushed).toEqual([[1], [2]]);
  });

  it("forgets on clear", () => {
    const flushed: (readonly number[])[] = [];
    const batcher = createBatcher<number>(250, (values) => flushed.push(values));
    batcher.push([1]);
    batcher.push([2]);
    batcher.clear();
    vi.advanceTimersByTime(1000);
    expect(flushed).toEqual([[1]]);
  });
});

describe("reconnecting", () => {
  it("waits longer each time, up to half a minute", () => {
    expect([0, 1, 2, 3].map(backoffMs)).toEqual([1000, 2000, 4000, 8000]);
    expect(backoffMs(50)).toBe(30_000);
  });
});
