// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatClock,
  formatDate,
  formatDateTime,
  formatDecreeDate,
  formatFeedTime,
  formatLonLat,
  formatNumber,
} from "./format";

describe("numbers", () => {
  it("groups thousands with a point in Vietnamese and a comma in English", () => {
    expect(formatNumber(224301, "vi")).toBe("224.301");
    expect(formatNumber(224301, "en")).toBe("224,301");
    expect(formatNumber(22.169, "vi", 2)).toBe("22,17");
  });

  it("writes coordinates with the direction in words of the language", () => {
    expect(formatLonLat(105.84, 21.59, "vi")).toBe("21,59000° B · 105,84000° Đ");
    expect(formatLonLat(105.84, 21.59, "en")).toBe("21.59000° N · 105.84000° E");
  });
});

describe("times", () => {
  it("shows an instant in Vietnam whatever zone the machine is in", () => {
    expect(formatDateTime("2026-11-22T17:30:00Z")).toBe("23/11/2026 00:30");
    expect(formatClock(new Date("2026-11-22T16:05:09Z"))).toBe("23:05:09");
  });

  it("does not shift a bare date", () => {
    expect(formatDate("2025-07-01")).toBe("01/07/2025");
  });

  it("writes a decree's date as documents do", () => {
    expect(formatDecreeDate("2025-07-01", "vi")).toBe("01/7/2025");
    expect(formatDecreeDate("2025-02-09", "vi")).toBe("09/02/2025");
    expect(formatDecreeDate("2025-12-31", "vi")).toBe("31/12/2025");
    expect(formatDecreeDate("2025-07-01", "en")).toBe("1 July 2025");
  });

  it("drops from a feed's time what today makes obvious", () => {
    const now = new Date("2026-11-22T10:00:00Z");
    expect(formatFeedTime("2026-11-22T09:30:00Z", now)).toBe("16:30");
    expect(formatFeedTime("2026-11-20T09:30:00Z", now)).toBe("20/11 16:30");
    expect(formatFeedTime("2025-11-20T09:30:00Z", now)).toBe("20/11/2025");
  });

  it("says an age in one unit", () => {
    expect(formatAge(12, "vi")).toBe("vừa xong");
    expect(formatAge(61, "vi")).toBe("1 phút trước");
    expect(formatAge(7300, "vi")).toBe("2 giờ trước");
    expect(formatAge(90_000, "en")).toBe("1 day ago");
  });

  it("answers nothing for nonsense", () => {
    expect(formatDateTime("soon")).toBe("");
  });
});
