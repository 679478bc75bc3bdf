// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { follow } from "./follow";
import { type FromHub, Hub, type Page, type Wish } from "./hub";

class FakeSource extends EventTarget {
  readyState = 1;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.readyState = 2;
  }
  say(type: string, data = "", lastEventId = "") {
    this.dispatchEvent(Object.assign(new Event(type), { data, lastEventId }));
  }
}

function start() {
  const sources: FakeSource[] = [];
  const hub = new Hub(
    ({ layers, zooms }, id) => `${layers.join()}@${zooms.join()}#${id}`,
    (url) => {
      const source = new FakeSource(url);
      sources.push(source);
      return source as unknown as EventSource;
    },
  );
  const page = (wish: Partial<Wish> = {}) => {
    const heard: FromHub[] = [];
    const hear: Page = (message) => heard.push(message);
    const following = (more: Partial<Wish>) =>
      hub.hear(hear, { say: "follow", wish: { reader: "r", layers: ["a"], zooms: [10], ...wish, ...more } });
    following({});
    return { heard, hear, follow: following, say: (say: "got" | "bye") => hub.hear(hear, { say }) };
  };
  const open = () => sources.filter((source) => source.readyState !== 2);
  return { hub, sources, open, page };
}

const changes = (heard: FromHub[]) => heard.flatMap((said) => (said.say === "change" ? [said.data] : []));

describe("one stream for all pages", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", { CLOSED: 2 });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("hands every change to every page, from one connection", () => {
    const { open, page } = start();
    const [desk, wall] = [page(), page()];
    open()[0]?.say("ready", "{}", "e:1");
    open()[0]?.say("change", "x", "e:2");
    expect(open()).toHaveLength(1);
    expect([changes(desk.heard), changes(wall.heard)]).toEqual([["x"], ["x"]]);
  });

  it("tells a page that comes later how the stream is", () => {
    const { open, page } = start();
    page();
    open()[0]?.say("ready", "{}", "e:1");
    expect(page().heard).toEqual([{ say: "state", state: "live" }]);
  });

  it("asks for the zooms of all pages, once they have settled, and goes on after the last event", () => {
    const { open, page } = start();
    const desk = page();
    open()[0]?.say("ready", "{}", "e:1");
    page({ zooms: [8] });
    for (const zoom of [11, 12, 13]) desk.follow({ zooms: [zoom] });
    expect(open()[0]?.url).toBe("a@10#null");
    vi.advanceTimersByTime(300);
    expect(open().map(({ url }) => url)).toEqual(["a@13,8#e:1"]);
  });

  it("keeps the connection while the wishes together stay the same", () => {
    const { sources, page } = start();
    page();
    page();
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(1);
  });

  it("goes on for the others when a page goes, and ends with the last", () => {
    const { open, page } = start();
    const [desk, wall] = [page(), page()];
    desk.say("bye");
    open()[0]?.say("change", "x", "e:2");
    expect([changes(desk.heard), changes(wall.heard)]).toEqual([[], ["x"]]);
    wall.say("bye");
    expect(open()).toEqual([]);
  });

  it("starts afresh for another reader and tells the other pages", () => {
    const { open, sources, page } = start();
    const [desk, wall] = [page(), page()];
    sources[0]?.say("change", "x", "e:2");
    desk.follow({ reader: "other" });
    sources[0]?.say("change", "secret", "e:3");
    expect(open().map(({ url }) => url)).toEqual(["a@10#null"]);
    expect(wall.heard).toContainEqual({ say: "auth" });
    expect(desk.heard).not.toContainEqual({ say: "auth" });
    expect(changes(wall.heard)).toEqual(["x"]);
  });

  it("stops feeding a page that does not read, and has it start afresh when it does again", () => {
    const { open, page } = start();
    const [awake, frozen] = [page(), page()];
    for (let seq = 0; seq < 1_000; seq += 1) {
      open()[0]?.say("change", String(seq), `e:${seq}`);
      awake.say("got");
    }
    expect(changes(awake.heard)).toHaveLength(1_000);
    const fed = changes(frozen.heard).length;
    expect(fed).toBeLessThan(300);
    for (let seq = 0; seq < fed; seq += 1) frozen.say("got");
    expect(frozen.heard.at(-1)).toEqual({ say: "reset" });
    open()[0]?.say("change", "next", "e:1001");
    expect(changes(frozen.heard).at(-1)).toBe("next");
  });
});

describe("a page's end of the stream", () => {
  const wish: Wish = { reader: "r", layers: ["a"], zooms: [10] };
  const listeners = { onChange: vi.fn(), onReset: vi.fn(), onAuth: vi.fn(), onState: vi.fn() };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("addEventListener", vi.fn());
    vi.stubGlobal("removeEventListener", vi.fn());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("has a stream of its own where no worker is shared, or none answers", () => {
    const said: string[] = [];
    const line = (name: string, answers: boolean) => (hear: Page) => ({
      send: ({ say }: { say: string }) => {
        said.push(`${name} ${say}`);
        if (answers) hear({ say: "state", state: "live" });
      },
      close: () => said.push(`${name} closed`),
    });
    follow(wish, listeners, [() => null, line("mute", false), line("own", true)]);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(["mute follow", "mute bye", "mute closed", "own follow"]);
    expect(listeners.onState).toHaveBeenCalledWith("live");
  });

  it("says what it wants now, once, and acknowledges what it hears", () => {
    const said: string[] = [];
    let hub: Page = () => {};
    const following = follow(wish, listeners, [
      (hear) => {
        hub = hear;
        return { send: ({ say }) => said.push(say), close: () => {} };
      },
    ]);
    following.wish({ ...wish });
    following.wish({ ...wish, zooms: [12] });
    hub({ say: "change", data: '{"seq":1,"changes":[]}' });
    following.stop();
    expect(said).toEqual(["follow", "follow", "got", "bye"]);
    expect(listeners.onChange).toHaveBeenCalledWith({ seq: 1, changes: [] });
  });
});
