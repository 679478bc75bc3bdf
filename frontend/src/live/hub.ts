// SPDX-License-Identifier: Apache-2.0
/**
 * One stream for all pages of a browser. Browsers open six connections to a host over HTTP/1.1: a stream per tab
 * would leave the seventh tab blank.
 *
 * The hub lives in a SharedWorker. Unlike an elected tab it needs no handover: it belongs to no tab, is not frozen with
 * one, and goes on while any page is left. Pages of another release load another worker, so both sides always agree.
 */

import { openStream, type Stream, type StreamState } from "./stream";

/** What a page shows, and who reads it. All pages share one cookie, so the last one to say it is right. */
export type Wish = {
  readonly reader: string;
  readonly layers: readonly string[];
  /** The zooms of the tiles that it shows. */
  readonly zooms: readonly number[];
};

export type FromPage =
  | { readonly say: "follow"; readonly wish: Wish }
  /** Every change is acknowledged: a frozen page does not fill the memory. */
  | { readonly say: "got" }
  | { readonly say: "bye" };

export type FromHub =
  | { readonly say: "state"; readonly state: StreamState }
  | { readonly say: "change"; readonly data: string }
  | { readonly say: "reset" }
  | { readonly say: "auth" };

export type Page = (message: FromHub) => void;

type Follower = { wish: Wish; unread: number; behind: boolean };

/** Zooming passes many levels; the stream follows when it is over. */
const SETTLE_MS = 300;
const MOST_ZOOMS = 8;
const MOST_UNREAD = 240;

export type Address = (wish: Omit<Wish, "reader">, lastEventId: string | null) => string;

export class Hub {
  readonly #address: Address;
  readonly #create: ((url: string) => EventSource) | undefined;
  readonly #followers = new Map<Page, Follower>();
  #stream: Stream | null = null;
  #state: StreamState = "connecting";
  #reader = "";
  #asked = "";
  #settling: ReturnType<typeof setTimeout> | null = null;

  constructor(address: Address, create?: (url: string) => EventSource) {
    this.#address = address;
    this.#create = create;
  }

  hear(page: Page, message: FromPage): void {
    switch (message.say) {
      case "follow":
        this.#follow(page, message.wish);
        break;
      case "got":
        this.#got(page);
        break;
      case "bye":
        this.#followers.delete(page);
        this.#fit();
        break;
    }
  }

  #follow(page: Page, wish: Wish): void {
    const known = this.#followers.get(page);
    if (known) known.wish = wish;
    else this.#followers.set(page, { wish, unread: 0, behind: false });
    if (wish.reader !== this.#reader) {
      this.#reader = wish.reader;
      // What the last reader's stream still says is not for this one.
      this.#end();
      for (const [other, { wish: theirs }] of this.#followers) {
        if (theirs.reader !== wish.reader) other({ say: "auth" });
      }
    }
    if (!known) page({ say: "state", state: this.#stream ? this.#state : "connecting" });
    this.#fit();
  }

  #got(page: Page): void {
    const follower = this.#followers.get(page);
    if (!follower) return;
    follower.unread = Math.max(0, follower.unread - 1);
    if (!follower.behind || follower.unread > 0) return;
    follower.behind = false;
    page({ say: "reset" });
    this.#fit();
  }

  /** The stream that all wishes together need: none, one at once, or another one soon. */
  #fit(): void {
    if (this.#followers.size === 0) {
      this.#end();
      return;
    }
    if (!this.#stream) {
      this.#asked = this.#url(null);
      this.#state = "connecting";
      this.#stream = openStream(
        {
          url: (lastEventId) => this.#url(lastEventId),
          onChange: (data) => this.#change(data),
          onReset: () => this.#tell({ say: "reset" }),
          onAuth: () => this.#tell({ say: "auth" }),
          onState: (state) => {
            this.#state = state;
            this.#tell({ say: "state", state });
          },
        },
        this.#create,
      );
      return;
    }
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const url = this.#url(null);
      if (url === this.#asked) return;
      this.#asked = url;
      this.#stream?.renew();
    }, SETTLE_MS);
  }

  #end(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#stream?.stop();
    this.#stream = null;
  }

  #url(lastEventId: string | null): string {
    const wishes = [...this.#followers.values()].filter(({ behind }) => !behind).map(({ wish }) => wish);
    const layers = [...new Set(wishes.flatMap((wish) => wish.layers))].sort();
    const zooms = [...new Set(wishes.flatMap((wish) => wish.zooms))].sort((a, b) => b - a);
    // A page whose zoom finds no room derives its tiles from the nearest one.
    return this.#address({ layers, zooms: zooms.slice(0, MOST_ZOOMS) }, lastEventId);
  }

  #change(data: string): void {
    for (const [page, follower] of this.#followers) {
      if (follower.behind) continue;
      follower.unread += 1;
      follower.behind = follower.unread > MOST_UNREAD;
      page({ say: "change", data });
      if (follower.behind) this.#fit();
    }
  }

  #tell(message: FromHub): void {
    for (const page of this.#followers.keys()) page(message);
  }
}
