// SPDX-License-Identifier: Apache-2.0
/** A map that answers with what is seen: nothing that waits unseen, and drawings of the overlay as the features they are. */

import { type MapGeoJSONFeature, Map as MapLibreMap } from "maplibre-gl";
import { isOverlay, ownOf } from "../style/compose";
import { UNSEEN } from "../style/unseen";

export class LiveMap extends MapLibreMap {
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
}
