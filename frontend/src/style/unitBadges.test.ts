// SPDX-License-Identifier: Apache-2.0
import type { LayerSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { MAP_PALETTE } from "./palette";
import { unitBadgeLayers } from "./unitBadges";

const NAMES: LayerSpecification = {
  id: "areas-label",
  type: "symbol",
  source: "areas",
  "source-layer": "labels",
  metadata: { "toancanh:layer": "areas" },
  layout: { "text-font": ["Some Font"] },
};
const BADGES = { layer: "areas", counts: [["00123", "7"] as const, ["00456", "12"] as const] };

describe("badges of what is known only to the unit", () => {
  it("stand on the label points of the units' own tiles", () => {
    const [circle, number] = unitBadgeLayers(BADGES, [NAMES], MAP_PALETTE.dark);
    expect(circle).toMatchObject({ type: "circle", source: "areas", "source-layer": "labels" });
    expect(number).toMatchObject({ layout: { "text-font": ["Some Font"] } });
    expect(JSON.stringify(number)).toContain('"00456","12"');
  });

  it("are not drawn where there is nothing to say or nowhere to stand", () => {
    expect(unitBadgeLayers({ ...BADGES, counts: [] }, [NAMES], MAP_PALETTE.dark)).toEqual([]);
    expect(unitBadgeLayers(BADGES, [], MAP_PALETTE.dark)).toEqual([]);
  });
});
