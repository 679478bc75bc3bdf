// SPDX-License-Identifier: Apache-2.0
/** A source and a system for tests. */

import type { Source, System } from "./types";

export function sampleSource(id: string, system: string, part: Partial<Source> = {}): Source {
  return {
    id,
    system,
    title: { vi: id, en: id },
    connector: "some",
    door: "push",
    layers: [],
    state: "ok",
    enabled: true,
    last_message_at: null,
    last_event_at: null,
    lag_s: null,
    rate_per_min: 0,
    messages_24h: 0,
    accepted_24h: 0,
    rejected_24h: 0,
    dead_letters: 0,
    unlocated: 0,
    failures: 0,
    open_until: null,
    last_error: null,
    expected_every_s: null,
    silent_since: null,
    ...part,
  };
}

export function sampleSystem(id: string, sources: readonly string[]): System {
  return { id, title: { vi: `Hệ thống ${id}`, en: `System ${id}` }, sources, layers: [] };
}
