// SPDX-License-Identifier: Apache-2.0
/** The one map of the page, or null while there is none (not mounted yet, or no WebGL). */

import type { MapController } from "../map/controller";

let current: MapController | null = null;

export function currentMap(): MapController | null {
  return current;
}

export function setCurrentMap(controller: MapController | null): void {
  current = controller;
}
