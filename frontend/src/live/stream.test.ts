// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openStream, type StreamState } from "./stream";

const CLOSED = 2;

class FakeSource extends EventTarget {
  readyState = 0;
  closed = false;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.closed = true;
  }
  say(type: string, data = "", lastEventId = "") {
    this.dispatchEvent(Object.assign(new Event(type), { data, lastEventId }));
  }
}

function start() {
  const sources: FakeSource[] = [];
  const states: StreamState[] = [];
  const events: string[] = [];
  const resets: string[] = [];
  const stream = openStream(
    {
      url: (id) => `live?id=${id}`,
      onChange: (event) => events.push(event),
      onReset: () => resets.push("reset"),
      onAuth: () => resets.push("auth"),
      onState: (state) => states.push(state),
    },
    (url) => {
      const source = new FakeSource(url);
      sources.push(source);
      return source as unknown as EventSource;
    },
  );
  return { sources, states, events, resets, stream };
}

describe("the live stream", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", { CLOSED });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is live once the server answers, and hands on what it says", () => {
    const { sources, states, events } = start();
    sources[0]?.say("ready", '{"epoch":1,"seq":4}');
    sources[0]?.say("change", '{"seq":5,"changes":[]}', "1:5");
    expect(states).toEqual(["connecting", "live"]);
    expect(events).toEqual(['{"seq":5,"changes":[]}']);
  });

  it("resumes after the last event when the browser gave up", () => {
    const { sources, states } = start();
    sources[0]?.say("ready", "{}", "1:4");
    sources[0]?.say("change", '{"seq":5,"changes":[]}', "1:5");
    if (sources[0]) sources[0].readyState = CLOSED;
    sources[0]?.say("error");
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(1000);
    expect(sources[1]?.url).toBe("live?id=1:5");
  });

  it("leaves a mere drop to the browser, which resumes by itself", () => {
    const { sources } = start();
    sources[0]?.say("error");
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });

  it("says that the connection is lost after a while, and that it is back", () => {
    const { sources, states } = start();
    sources[0]?.say("error");
    vi.advanceTimersByTime(15_000);
    sources[0]?.say("error");
    expect(states.at(-1)).toBe("lost");
    sources[0]?.say("ready");
    expect(states.at(-1)).toBe("live");
  });

  it("starts afresh without an id after a reset", () => {
    const { sources, resets } = start();
    sources[0]?.say("change", '{"seq":5,"changes":[]}', "1:5");
    sources[0]?.say("reset", '{"reason":"epoch_changed"}');
    expect(resets).toEqual(["reset"]);
    expect(sources[0]?.closed).toBe(true);
    vi.advanceTimersByTime(300);
    expect(sources[1]?.url).toBe("live?id=null");
  });

  it("does not hammer a server that resets every attempt", () => {
    const { sources } = start();
    for (let second = 0; second < 60; second += 1) {
      const last = sources.at(-1);
      if (last && !last.closed) last.say("reset", '{"reason":"not_ready"}');
      vi.advanceTimersByTime(1000);
    }
    expect(sources.length).toBeLessThan(10);
  });

  it("connects anew on demand after the last event, and does not hear the old connection any more", () => {
    const { sources, states, events, stream } = start();
    sources[0]?.say("ready", "{}", "1:4");
    sources[0]?.say("change", "a", "1:5");
    stream.renew();
    sources[0]?.say("change", "b", "1:6");
    expect(sources[0]?.closed).toBe(true);
    expect(sources[1]?.url).toBe("live?id=1:5");
    sources[1]?.say("ready");
    sources[1]?.say("change", "b", "1:6");
    expect(events).toEqual(["a", "b"]);
    expect(states).toEqual(["connecting", "live", "live"]);
  });

  it("tells when the reader's rights are others", () => {
    const { sources, resets } = start();
    sources[0]?.say("auth", '{"reason":"rights_changed"}');
    expect(resets).toEqual(["auth"]);
  });

  it("stops for good when told", () => {
    const { sources, stream } = start();
    if (sources[0]) sources[0].readyState = CLOSED;
    sources[0]?.say("error");
    stream.stop();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});
