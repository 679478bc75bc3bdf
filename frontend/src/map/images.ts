// SPDX-License-Identifier: Apache-2.0
/** Icons for the map, drawn when the style first asks for one. */

import { iconPaths } from "../style/icons";

const SIZE_PX = 20;
const PIXEL_RATIO = 2;
const GRID = 24;
const HATCH_PX = 8;

/** Layer colours are light or strong, so that a near-black mark reads on every one of them, in both themes. */
const INK = "#0b1723";

export function drawIcon(name: string): ImageData | null {
  const canvas = document.createElement("canvas");
  const side = SIZE_PX * PIXEL_RATIO;
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return null;
  const scale = side / GRID;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.lineJoin = "round";
  context.lineCap = "round";
  const paths = iconPaths(name).map(({ d, width }) => ({ path: new Path2D(d), width }));
  context.fillStyle = INK;
  context.strokeStyle = INK;
  for (const { path, width } of paths) {
    if (width === undefined) context.fill(path, "evenodd");
    else {
      context.lineWidth = width;
      context.stroke(path);
    }
  }
  return context.getImageData(0, 0, side, side);
}

/** Diagonal strokes that meet at the edges of the tile: for ground of which nothing is known. */
export function drawHatch(color: string): ImageData | null {
  const canvas = document.createElement("canvas");
  const side = HATCH_PX * PIXEL_RATIO;
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.strokeStyle = color;
  context.lineWidth = 1.2 * PIXEL_RATIO;
  for (const shift of [-side, 0, side]) {
    context.beginPath();
    context.moveTo(shift - 2, side + 2);
    context.lineTo(shift + side + 2, -2);
    context.stroke();
  }
  return context.getImageData(0, 0, side, side);
}

export const ICON_OPTIONS = { pixelRatio: PIXEL_RATIO } as const;
