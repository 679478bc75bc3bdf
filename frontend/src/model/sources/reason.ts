// SPDX-License-Identifier: Apache-2.0
/** From the code of a dead letter to what kind of trouble it is. Codes are many and grow; kinds are few. */

export const REASONS = [
  "policy",
  "large",
  "missing",
  "time",
  "place",
  "unreadable",
  "unknown",
  "conflict",
  "value",
  "other",
] as const;
export type Reason = (typeof REASONS)[number];

/** The first that fits: what is more particular stands before what is more general. */
const KINDS: readonly (readonly [Reason, RegExp])[] = [
  ["policy", /patient|personal|policy|not_public|not_taken|doctype|dtd/],
  ["large", /too_(large|long|many|deep|big)/],
  ["missing", /missing|incomplete|without|empty|required/],
  ["time", /time|period|date/],
  ["place", /coordinate|geometry|polygon|circle|area|axes|outside/],
  [
    "unreadable",
    /json|xml|unreadable|malformed|body|message|form_|not_text|not_table|excel|feed|line_|record_/,
  ],
  ["unknown", /unknown|not_found|not_declared|ambiguous/],
  ["conflict", /conflict|repeated|twice|order|revision/],
  ["value", /value|invalid|wrong|unit|address|number|not_allowed/],
];

export function reasonOf(code: string): Reason {
  return KINDS.find(([, pattern]) => pattern.test(code))?.[0] ?? "other";
}
