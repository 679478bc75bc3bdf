// SPDX-License-Identifier: Apache-2.0
/** The icon set: paths on a 24 by 24 grid, used by the panels as SVG and by the map on a canvas. */

export type Stroke = { readonly d: string; readonly width?: number };

const DOT: readonly Stroke[] = [{ d: "M12 6.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z" }];

/** A path without a width is filled (even-odd), one with a width is stroked. */
const ICONS: Readonly<Record<string, readonly Stroke[]>> = {
  camera: [
    {
      d: "M3.4 6.5h10.2a1.9 1.9 0 0 1 1.9 1.9v7.2a1.9 1.9 0 0 1-1.9 1.9H3.4a1.9 1.9 0 0 1-1.9-1.9V8.4a1.9 1.9 0 0 1 1.9-1.9z",
    },
    { d: "M17 10.6l5.5-3.4v9.6L17 13.4z" },
  ],
  sensor: [
    { d: "M12 9.3a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4z" },
    { d: "M8 7.6a6.2 6.2 0 0 0 0 8.8M16 7.6a6.2 6.2 0 0 1 0 8.8", width: 2.2 },
    { d: "M4.7 4.4a10.8 10.8 0 0 0 0 15.2M19.3 4.4a10.8 10.8 0 0 1 0 15.2", width: 2.2 },
  ],
  school: [
    { d: "M12 4 .9 9.6 12 15.2l11.1-5.6z" },
    { d: "M5 13.4v4c0 1.5 3.1 2.9 7 2.9s7-1.4 7-2.9v-4l-7 3.5z" },
  ],
  clinic: [{ d: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6z" }],
  place: [
    { d: "M12 2.5 2.5 7.6v2.2h19V7.6z" },
    { d: "M4.6 11.2h3v6.2h-3zM10.5 11.2h3v6.2h-3zM16.4 11.2h3v6.2h-3zM2.5 18.8h19v2.7h-19z" },
  ],
  incident: [{ d: "M10 3h4l-.7 11.2h-2.6zM12 16.4a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z" }],
  alert: [
    { d: "M12 2.2 23 21.2H1zM10.9 9l.4 6.2h1.4l.4-6.2zM12 16.6a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z" },
  ],
  unit: [{ d: "M3.5 7 9.3 4l5.4 3 5.8-3v13l-5.8 3-5.4-3-5.8 3zM9.3 4v13M14.7 7v13", width: 2 }],
  people: [
    { d: "M8.5 4.5a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2zM1.5 20c0-4 3-6.3 7-6.3s7 2.3 7 6.3z" },
    { d: "M16.5 5.6a3 3 0 0 1 0 5.8M18 14.2c2.7.6 4.4 2.6 4.4 5.4", width: 2.2 },
  ],
  traffic: [
    {
      d: "M5.2 10.5 7 5.6A2 2 0 0 1 8.9 4.3h6.2A2 2 0 0 1 17 5.6l1.8 4.9a3 3 0 0 1 2.2 2.9v4.1h-3v2h-3v-2H9v2H6v-2H3v-4.1a3 3 0 0 1 2.2-2.9zM7.5 10.2h9l-1.3-3.6H8.8z",
    },
  ],
  news: [
    {
      d: "M3 4.5h14.5v12a2 2 0 0 0 2 2H5.5A2.5 2.5 0 0 1 3 16zM6 7.5v4h4v-4zM12 7.5h3M12 11h3M6 14.5h9",
      width: 2,
    },
  ],
  dot: DOT,
};

/** Singular or plural, with or without a prefix ("toancanh:cameras"): unknown names are a dot. */
export function iconPaths(name: string): readonly Stroke[] {
  const word = name.replace(/^.*[:/]/, "");
  return ICONS[word] ?? ICONS[word.replace(/s$/, "")] ?? DOT;
}

export const ICON_NAMES: readonly string[] = Object.keys(ICONS);
