// SPDX-License-Identifier: Apache-2.0
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import type { Layer } from "../model/types";
import { zoomsOfTiles } from "./zooms";

const drawn = (id: string): LayerSpecification =>
  ({ id, type: "circle", source: id, metadata: { "toancanh:layer": id } }) as LayerSpecification;
const STYLE: StyleSpecification = {
  version: 8,
  sources: {
    near: { type: "vector", tiles: [], minzoom: 10, maxzoom: 14 },
    far: { type: "vector", tiles: [], maxzoom: 12 },
    still: { type: "vector", tiles: [], maxzoom: 5 },
  },
  layers: ["near", "far", "still"].map(drawn),
};
const LAYERS = [
  { id: "near", live: true },
  { id: "far", live: true },
  { id: "still", live: false },
] as Layer[];

describe("the zooms of the tiles on screen", () => {
  it("are those of the whole zoom below, within what each live source has", () => {
    expect(zoomsOfTiles(STYLE, 11.9, LAYERS)).toEqual([11]);
    expect(zoomsOfTiles(STYLE, 16.2, LAYERS)).toEqual([12, 14]);
    expect(zoomsOfTiles(STYLE, 8, LAYERS)).toEqual([8]);
  });

  it("are unknown before there is a map", () => {
    expect(zoomsOfTiles(null, 11, LAYERS)).toEqual([]);
    expect(zoomsOfTiles(STYLE, undefined, LAYERS)).toEqual([]);
  });
});
