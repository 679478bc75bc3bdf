// SPDX-License-Identifier: Apache-2.0
/** From the code of an error to what a person can do about it. Codes are many and grow; kinds of trouble are few. */

import type { Source } from "./types";

export const ADVICE = [
  "certificate",
  "secret",
  "allow",
  "time",
  "large",
  "missing",
  "read",
  "reach",
  "silence",
  "first",
  "other",
] as const;
export type Advice = (typeof ADVICE)[number];

/** The first that fits: what is more particular stands before what is more general. */
const KINDS: readonly (readonly [Advice, RegExp])[] = [
  ["certificate", /certificate|tls|ssl/],
  ["secret", /secret/],
  ["allow", /auth|credential|forbidden|not_allowed|permission|password|login|key_|40[13]/],
  ["time", /time_?out|too_slow|deadline/],
  ["large", /too_large|too_big|oversize|413/],
  ["missing", /not_found|missing_file|no_such|unknown_host|404/],
  ["read", /invalid|malformed|unreadable|parse|schema|not_(json|xml|csv)|unknown|unexpected/],
  ["reach", /connect|refused|unreach|network|unavailable|dns|resolve|broken|50\d/],
];

export function adviceFor(code: string): Advice {
  return KINDS.find(([, pattern]) => pattern.test(code))?.[0] ?? "other";
}

/** What to do about a source as a whole; null where nothing is to be done. */
export function adviceOf(source: Source): Advice | null {
  switch (source.state) {
    case "failing":
      return source.last_error ? adviceFor(source.last_error.code) : "other";
    case "silent":
      return "silence";
    case "waiting":
      return "first";
    case "ok":
    case "off":
      return null;
  }
}
