// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { lastHour } from "./bars";

const NOW = Date.parse("2026-11-22T08:30:20Z");

describe("the last hour", () => {
  it("has sixty bars, the newest at the end, and gaps where nothing came", () => {
    const minute = { minute: "2026-11-22T08:30:00Z", messages: 2, accepted: 6, rejected: 2 };
    const half = { minute: "2026-11-22T08:00:00Z", messages: 1, accepted: 4, rejected: 0 };
    const { bars, most, empty } = lastHour([half, minute], NOW);
    expect(bars).toHaveLength(60);
    expect(bars.at(-1)).toMatchObject({ accepted: 6, low: 0.75, high: 1 });
    expect(bars.at(-31)).toMatchObject({ accepted: 4, low: 0.5, high: 0.5 });
    expect(bars.filter(({ high }) => high === 0)).toHaveLength(58);
    expect([most, empty]).toEqual([8, false]);
  });

  it("is empty without a message, not without a record", () => {
    expect(lastHour([], NOW).empty).toBe(true);
    const silent = { minute: "2026-11-22T08:30:00Z", messages: 1, accepted: 0, rejected: 0 };
    expect(lastHour([silent], NOW).empty).toBe(false);
  });

  it("forgets what is older", () => {
    const old = { minute: "2026-11-22T07:30:00Z", messages: 1, accepted: 9, rejected: 0 };
    expect(lastHour([old], NOW).most).toBe(0);
  });
});
