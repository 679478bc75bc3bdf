// SPDX-License-Identifier: Apache-2.0
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/layout.css";
import "./ui/styles/layers.css";
import "./ui/styles/hexagons.css";
import "./ui/styles/feed.css";
import "./ui/styles/card.css";
import "./ui/styles/chooser.css";
import "./ui/styles/map.css";
import "./ui/styles/bottom.css";
import "./ui/styles/dialog.css";
import "./ui/styles/values.css";
import "./ui/styles/drawer.css";
import "./ui/styles/editing.css";
import "./ui/styles/import.css";
import "./ui/styles/doors.css";
import "./ui/styles/queue.css";
import "./ui/styles/account.css";
import { render } from "preact";
import { keepAccess } from "./state/access";
import { currentReview } from "./state/boundaries/reviewRef";
import { currentMap } from "./state/mapRef";
import { beginSession, pauseLive, resumeLive } from "./state/session";
import { mapIdle, streamState } from "./state/store";
import { App } from "./ui/App";

declare global {
  interface Window {
    /** For browser tests and for support: the live map and a way to hold still. */
    __toancanh: {
      readonly map: import("maplibre-gl").Map | null;
      /** Of the boundaries workspace, as long as it is open. */
      readonly review: import("maplibre-gl").Map | null;
      readonly ready: boolean;
      readonly stream: string;
      readonly pauseLive: () => void;
      readonly resumeLive: () => void;
      /** When a feature was first rendered, in epoch ms; see DrawnLog. */
      readonly whenDrawn: (layer: string, id: number, since?: number) => Promise<number>;
    };
  }
}

window.__toancanh = {
  get map() {
    return currentMap()?.map ?? null;
  },
  get review() {
    return currentReview()?.map ?? null;
  },
  get ready() {
    return mapIdle.value;
  },
  get stream() {
    return streamState.value;
  },
  pauseLive,
  resumeLive,
  async whenDrawn(layer, id, since) {
    const map = currentMap();
    if (!map) throw new Error("there is no map yet");
    return map.drawn.whenDrawn(layer, id, since);
  },
};

const root = document.getElementById("app");
if (root) {
  keepAccess();
  beginSession();
  render(<App />, root);
}
