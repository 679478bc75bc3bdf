// SPDX-License-Identifier: Apache-2.0

import type { Key } from "../i18n/translate";
import { goHome } from "../state/mapLink";
import { currentMap } from "../state/mapRef";
import { mapFailure, t, view } from "../state/store";
import { Glyph, type GlyphName } from "./glyphs";

type ToolProps = {
  readonly label: Key;
  readonly glyph: GlyphName;
  readonly onClick: () => void;
  readonly turn?: number;
};

function Tool({ label, glyph, onClick, turn }: ToolProps) {
  return (
    <button type="button" class="tool" title={t(label)} aria-label={t(label)} onClick={onClick}>
      <span class="tool-turn" style={turn ? { transform: `rotate(${turn}deg)` } : {}}>
        <Glyph name={glyph} />
      </span>
    </button>
  );
}

export function MapControls() {
  if (mapFailure.value) return null;
  const bearing = view.value?.bearing ?? 0;
  return (
    <div class="tools">
      <div class="tool-group">
        <Tool label="map.zoomIn" glyph="plus" onClick={() => currentMap()?.zoomBy(1)} />
        <Tool label="map.zoomOut" glyph="minus" onClick={() => currentMap()?.zoomBy(-1)} />
      </div>
      <div class="tool-group">
        <Tool label="map.home" glyph="home" onClick={goHome} />
        <Tool label="map.north" glyph="north" turn={-bearing} onClick={() => currentMap()?.northUp()} />
      </div>
    </div>
  );
}
