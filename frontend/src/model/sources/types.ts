// SPDX-License-Identifier: Apache-2.0
/** What the server says about connected systems, their sources and what it could not read of them. */

import type { Text } from "../types";

export type SourceState = "ok" | "waiting" | "silent" | "failing" | "off";

export type SourceError = { readonly code: string; readonly detail: string; readonly at: string };

export type Source = {
  readonly id: string;
  readonly system: string;
  readonly title: Text;
  readonly connector: string;
  /** How its bytes arrive: "push", or what fetches them. */
  readonly door: string;
  readonly layers: readonly string[];
  readonly state: SourceState;
  readonly enabled: boolean;
  readonly last_message_at: string | null;
  readonly last_event_at: string | null;
  readonly lag_s: number | null;
  readonly rate_per_min: number;
  readonly messages_24h: number;
  readonly accepted_24h: number;
  readonly rejected_24h: number;
  readonly dead_letters: number;
  readonly unlocated: number;
  readonly failures: number;
  /** Until then it is not called, because it failed too often. */
  readonly open_until: string | null;
  readonly last_error: SourceError | null;
  readonly expected_every_s: number | null;
  readonly silent_since: string | null;
};

export type System = {
  readonly id: string;
  readonly title: Text;
  readonly sources: readonly string[];
  readonly layers: readonly string[];
};

export type SourceList = {
  readonly sources: readonly Source[];
  readonly systems: readonly System[];
  /** Files of the folder of sources that declare none. */
  readonly faults?: readonly { readonly file: string; readonly reason: string }[];
};

export type Minute = {
  readonly minute: string;
  readonly messages: number;
  readonly accepted: number;
  readonly rejected: number;
};

export type SourceDetail = Source & { readonly minutes: readonly Minute[] };

export type DeadLetter = {
  readonly id: number;
  readonly layer: string;
  readonly code: string;
  readonly detail: string;
  readonly detail_vi?: string | null;
  readonly times: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly message: number | null;
  readonly record?: unknown;
  /** What is no text is kept as it came. */
  readonly record_base64?: string | null;
};

export type DeadLetters = {
  readonly dead_letters: readonly DeadLetter[];
  readonly codes: Readonly<Record<string, number>>;
  readonly next: number | null;
};

export type Replayed = {
  readonly outcome: "resolved" | "refused";
  readonly code: string | null;
  readonly detail: string | null;
};
export type ReplayedAll = { readonly replayed: number; readonly resolved: number; readonly refused: number };
