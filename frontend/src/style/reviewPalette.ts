// SPDX-License-Identifier: Apache-2.0
/** Colours of the boundaries workspace: ground won and lost, findings, what is in focus. */

import type { Theme } from "../model/types";

export type ReviewPalette = {
  readonly won: string;
  readonly lost: string;
  readonly severity: Readonly<Record<"reject" | "error" | "question" | "warning" | "info", string>>;
  readonly unagreed: string;
  readonly focus: string;
  readonly halo: string;
};

export const REVIEW_PALETTE: Readonly<Record<Theme, ReviewPalette>> = {
  dark: {
    won: "#3fd28c",
    lost: "#ff6f6a",
    severity: {
      reject: "#ff5d8f",
      error: "#ff7d72",
      question: "#c9a2ff",
      warning: "#f2b84b",
      info: "#8fb8dc",
    },
    unagreed: "#ffd166",
    focus: "#ffffff",
    halo: "#0b1520",
  },
  light: {
    won: "#0b8f52",
    lost: "#d03127",
    severity: {
      reject: "#a8124f",
      error: "#c22f25",
      question: "#6a3fb5",
      warning: "#b06a00",
      info: "#3a6ea0",
    },
    unagreed: "#8a4b00",
    focus: "#12212f",
    halo: "#ffffff",
  },
};
