// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { mountMap } from "../state/mapLink";
import { load } from "../state/session";
import { mapFailure, mapIdle, t } from "../state/store";
import { Notice } from "./Notice";

/** Only the place where the map lives: it is never re-rendered from here. */
export function MapView() {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => (container.current ? mountMap(container.current) : undefined), []);
  return (
    <>
      <div ref={container} class="map" />
      {mapFailure.value === "webgl" && (
        <div class="map-cover">
          <Notice title={t("map.noWebgl")} hint={t("map.noWebglHint")} />
        </div>
      )}
      {mapFailure.value === "style" && (
        <div class="map-cover">
          <Notice title={t("map.styleFailed")} hint={t("map.styleFailedHint")} onRetry={() => void load()} />
        </div>
      )}
      {!mapIdle.value && !mapFailure.value && (
        <div class="map-loading" role="status">
          <span class="spinner" aria-hidden="true" />
          {t("map.loading")}
        </div>
      )}
    </>
  );
}
