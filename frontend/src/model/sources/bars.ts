// SPDX-License-Identifier: Apache-2.0
/** The last hour as bars, one a minute, also those in which nothing came. Pure. */

import type { Minute } from "./types";

const HOUR = 60;
const MINUTE_MS = 60_000;

export type Bar = {
  /** Epoch ms of the minute. */
  readonly at: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly messages: number;
  /** Heights from 0 to 1 of the fullest minute. */
  readonly low: number;
  readonly high: number;
};

export type Hour = { readonly bars: readonly Bar[]; readonly most: number; readonly empty: boolean };

export function lastHour(minutes: readonly Minute[], now: number): Hour {
  const known = new Map(minutes.map((one) => [Math.floor(Date.parse(one.minute) / MINUTE_MS), one]));
  const last = Math.floor(now / MINUTE_MS);
  const all = Array.from({ length: HOUR }, (_, nth) => {
    const minute = last - HOUR + 1 + nth;
    const { accepted = 0, rejected = 0, messages = 0 } = known.get(minute) ?? {};
    return { at: minute * MINUTE_MS, accepted, rejected, messages };
  });
  const most = Math.max(...all.map(({ accepted, rejected }) => accepted + rejected));
  const share = (value: number) => (most ? value / most : 0);
  return {
    bars: all.map((one) => ({ ...one, low: share(one.accepted), high: share(one.accepted + one.rejected) })),
    most,
    empty: most === 0 && all.every(({ messages }) => messages === 0),
  };
}
