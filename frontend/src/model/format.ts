// SPDX-License-Identifier: Apache-2.0
/** Numbers, dates and ages as they are written in Vietnam (224.301, dd/MM/yyyy, 24 h) and in English. */

import type { Lang } from "./types";

export const TIME_ZONE = "Asia/Ho_Chi_Minh";

const LOCALES: Readonly<Record<Lang, string>> = { vi: "vi-VN", en: "en-GB" };
const dateParts = new Intl.DateTimeFormat("en-GB", {
  timeZone: TIME_ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

type Parts = Readonly<Record<"year" | "month" | "day" | "hour" | "minute" | "second", string>>;

function partsOf(value: Date): Parts {
  const found = Object.fromEntries(dateParts.formatToParts(value).map((part) => [part.type, part.value]));
  return found as unknown as Parts;
}

function parse(value: string | number | Date | null | undefined): Date | null {
  if (value === null || value === undefined || value === "") return null;
  const date = value instanceof Date ? value : new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function formatNumber(value: number, lang: Lang, digits = 0): string {
  return new Intl.NumberFormat(LOCALES[lang], {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Exactly `digits` decimals: columns of coordinates must line up. */
export function formatFixed(value: number, lang: Lang, digits: number): string {
  return new Intl.NumberFormat(LOCALES[lang], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function formatDate(value: string | Date): string {
  // A bare date has no hour, hence no time zone: shifting it would show the day before.
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    return value.split("-").reverse().join("/");
  }
  const date = parse(value);
  if (!date) return "";
  const part = partsOf(date);
  return `${part.day}/${part.month}/${part.year}`;
}

/** The civil form of a decree's date, 01/7/2025: months 3 to 9 carry no zero in Vietnamese documents. */
export function formatDecreeDate(value: string, lang: Lang): string {
  const [day = "", month = "", year = ""] = formatDate(value).split("/");
  if (lang === "en") {
    const noon = new Date(`${year}-${month}-${day}T12:00:00Z`);
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(noon);
  }
  return `${day}/${/^0[3-9]$/.test(month) ? month.slice(1) : month}/${year}`;
}

export function formatClock(value: Date | number): string {
  const date = parse(value);
  if (!date) return "";
  const part = partsOf(date);
  return `${part.hour}:${part.minute}:${part.second}`;
}

export function formatDateTime(value: string | number | Date): string {
  const date = parse(value);
  if (!date) return "";
  const part = partsOf(date);
  return `${part.day}/${part.month}/${part.year} ${part.hour}:${part.minute}`;
}

/** HH:mm today, dd/MM HH:mm on other days of the year, with the year otherwise. */
export function formatFeedTime(value: string, now: Date): string {
  const date = parse(value);
  if (!date) return "";
  const part = partsOf(date);
  const today = partsOf(now);
  const clock = `${part.hour}:${part.minute}`;
  if (part.year !== today.year) return `${part.day}/${part.month}/${part.year}`;
  return part.month === today.month && part.day === today.day ? clock : `${part.day}/${part.month} ${clock}`;
}

const UNITS: readonly (readonly [number, Text3])[] = [
  [86_400, ["ngày", "day", "days"]],
  [3_600, ["giờ", "hour", "hours"]],
  [60, ["phút", "min", "min"]],
];
type Text3 = readonly [string, string, string];

/** "3 phút trước": one unit only, for a glance. */
export function formatAge(seconds: number, lang: Lang): string {
  if (seconds < 60) return lang === "vi" ? "vừa xong" : "just now";
  for (const [size, [vi, one, many]] of UNITS) {
    if (seconds < size) continue;
    const n = Math.floor(seconds / size);
    return lang === "vi"
      ? `${formatNumber(n, lang)} ${vi} trước`
      : `${formatNumber(n, lang)} ${n === 1 ? one : many} ago`;
  }
  return "";
}

/** "mỗi 15 phút": how often a layer is expected to speak. */
export function formatEvery(seconds: number, lang: Lang): string {
  for (const [size, [vi, one, many]] of UNITS) {
    if (seconds < size) continue;
    const n = Math.round(seconds / size);
    return lang === "vi" ? `${n} ${vi}` : `${n} ${n === 1 ? one : many}`;
  }
  return lang === "vi" ? `${seconds} giây` : `${seconds} s`;
}

/** 21,59000° B · 105,84000° Đ: WGS84 with five decimals, about a metre. */
export function formatLonLat(lon: number, lat: number, lang: Lang): string {
  const [north, east] = lang === "vi" ? ["B", "Đ"] : ["N", "E"];
  return `${formatFixed(lat, lang, 5)}° ${north} · ${formatFixed(lon, lang, 5)}° ${east}`;
}
