// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/client";
import { Poller } from "./poll";

function polled(answers: (string | Error)[]) {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const fetch = vi.fn(async () => {
    const next = answers.shift() ?? "done";
    if (next instanceof Error) throw next;
    return next;
  });
  const poller = new Poller<string>({
    fetch,
    isMoving: (answer) => answer === "running",
    onAnswer: (answer) => seen.push(answer),
    onError: (error) => errors.push(error),
  });
  return { poller, fetch, seen, errors };
}

describe("following something at the server", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("asks once a second until it stands still", async () => {
    const { poller, fetch, seen } = polled(["running", "running", "done"]);
    await poller.ask();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen).toEqual(["running", "running", "done"]);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it("slows down while the server cannot be reached, and goes on when it is back", async () => {
    const { poller, fetch, seen, errors } = polled([
      new TypeError("network"),
      new TypeError("network"),
      "done",
    ]);
    await poller.ask();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(errors).toHaveLength(2);
    expect(seen).toEqual(["done"]);
  });

  it("does not insist when it is refused", async () => {
    const { poller, fetch, errors } = polled([new ApiError(404, "not_found", "")]);
    await poller.ask();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(errors).toHaveLength(1);
  });

  it("is quiet after it was stopped, also about what was on its way", async () => {
    const { poller, fetch, seen } = polled(["running"]);
    const asked = poller.ask();
    poller.stop();
    await asked;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen).toEqual([]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});
