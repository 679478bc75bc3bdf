// SPDX-License-Identifier: Apache-2.0
/** How large the ground is on the screen. */

/** The length of the equator over the 512 px that the world is wide at zoom 0. */
const METRES_PER_PIXEL = 40_075_016.686 / 512;

export function metresPerPixel(lat: number, zoom: number): number {
  return (METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;
}
