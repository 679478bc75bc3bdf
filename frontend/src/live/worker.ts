// SPDX-License-Identifier: Apache-2.0
/** The SharedWorker around the hub. */

import { liveUrl } from "../api/server";
import { type FromPage, Hub, type Page } from "./hub";

const hub = new Hub(({ layers, zooms }, lastEventId) => liveUrl(layers, zooms, lastEventId));

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const page: Page = (message) => port.postMessage(message);
  port.onmessage = ({ data }: MessageEvent<FromPage>) => hub.hear(page, data);
});
