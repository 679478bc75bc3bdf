// SPDX-License-Identifier: Apache-2.0
/**
 * A map that answers with what is seen: nothing that waits unseen, and drawings of the overlay as the features they are.
 * And one that draws what arrives in one frame, where MapLibre draws a frame for every step of loading it.
 */

import { type MapGeoJSONFeature, Map as MapLibreMap } from "maplibre-gl";
import { isOverlay, ownOf } from "../style/compose";
import { UNSEEN } from "../style/unseen";

/** Nobody who begins to drag notices that the first frame waited this long. */
const HOLD_MS = 150;

export class LiveMap extends MapLibreMap {
  readonly #holds = new Set<() => void>();
  #wanted = false;

  override queryRenderedFeatures(
    ...asked: Parameters<MapLibreMap["queryRenderedFeatures"]>
  ): MapGeoJSONFeature[] {
    const seen = super.queryRenderedFeatures(...asked).filter((feature) => feature.state[UNSEEN] !== true);
    for (const feature of seen) {
      const own = isOverlay(feature.layer) ? ownOf(feature.properties) : null;
      if (own) Object.assign(feature, own);
    }
    return seen;
  }

  /** Frames that would show nothing new wait until the release: where a processor draws, each delays the next. */
  hold(): () => void {
    const release = () => {
      clearTimeout(timer);
      if (!this.#holds.delete(release) || this.#holds.size > 0 || !this.#wanted) return;
      this.#wanted = false;
      super.triggerRepaint();
    };
    const timer = setTimeout(release, HOLD_MS);
    this.#holds.add(release);
    return release;
  }

  override triggerRepaint(): void {
    // MapLibre's constructor may ask for a frame before there are fields of ours.
    if (#holds in this && this.#holds.size > 0 && !this.isMoving()) this.#wanted = true;
    else super.triggerRepaint();
  }
}
