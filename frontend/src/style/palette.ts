// SPDX-License-Identifier: Apache-2.0
/** Colours that the page adds to the server's style: hexagon ramps, selection. */

import type { Theme } from "../model/types";

export type MapPalette = {
  /** From few to many. Dark maps glow upwards, light maps darken. */
  readonly ramp: readonly [string, string, string, string, string];
  readonly rampLine: string;
  /** A unit that has none of it, which is known. */
  readonly zero: string;
  readonly selection: string;
  readonly selectionHalo: string;
  /** Numbers of what is known only to a unit. */
  readonly badge: string;
  readonly badgeInk: string;
  readonly badgeLine: string;
};

export const MAP_PALETTE: Readonly<Record<Theme, MapPalette>> = {
  dark: {
    ramp: ["#2c6c92", "#2b97a0", "#5bbd8c", "#b4d568", "#fde26b"],
    rampLine: "#0d1b28",
    zero: "#22384c",
    selection: "#ffd166",
    selectionHalo: "#0b1520",
    badge: "#e8eff6",
    badgeInk: "#12212f",
    badgeLine: "#0b1520",
  },
  light: {
    ramp: ["#a9d9c9", "#6cc0ba", "#3b9aaf", "#22709e", "#173a75"],
    rampLine: "#ffffff",
    zero: "#eef2ea",
    selection: "#b4340a",
    selectionHalo: "#ffffff",
    badge: "#33475b",
    badgeInk: "#ffffff",
    badgeLine: "#ffffff",
  },
};
