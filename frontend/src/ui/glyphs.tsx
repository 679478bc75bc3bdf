// SPDX-License-Identifier: Apache-2.0
/** Small drawings of the interface, and the layers' icons as SVG. */

import type { Shape } from "../model/item";
import { iconPaths } from "../style/icons";

const GLYPHS = {
  close: "M6 6l12 12M18 6 6 18",
  chevron: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  north: "M12 3.5 17 20l-5-3.6L7 20z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  target: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4",
  hexagon: "M12 3l7.8 4.5v9L12 21l-7.8-4.5v-9z",
  warning: "M12 4 21 19.5H3zM12 10v4.5M12 16.8v.4",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.6v.4",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.6-3.9 3.7-6 7.5-6s6.9 2.1 7.5 6",
  key: "M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12.5 19.5 4M15.5 8l3 3",
  leave: "M14 4H5.5v16H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  eyeOff:
    "M4 4l16 16M9.6 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6 7.8A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 3.6-.7",
  palette: "M3.5 7 9 4l6 3 5.5-3v13L15 20l-6-3-5.5 3zM9 4v13M15 7v13",
  table: "M3.5 5h17v14h-17zM3.5 10h17M3.5 14.5h17M9.5 10v9",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15",
  upload: "M12 15.5V4.5M7.5 9 12 4.5 16.5 9M4.5 19.5h15",
  undo: "M4.5 9.5h10a5 5 0 0 1 0 10H9M8.5 5.5l-4 4 4 4",
  more: "M12 5v.4M12 11.8v.4M12 18.6v.4",
  pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  bin: "M4.5 6.5h15M9.5 6.5v-3h5v3M6.5 6.5l1 13.5h9l1-13.5M10 10.5v6M14 10.5v6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  split: "M12 3.5v17M8 8.5 4.5 12 8 15.5M16 8.5l3.5 3.5-3.5 3.5",
  borders: "M4 6.5 10 4l4 2.5L20 4v13.5L14 20l-4-2.5L4 20zM10 4l-1.5 5 3 3.5-1.5 5M14 6.5l2 5.5",
  plug: "M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4",
  unplaced:
    "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM10.2 8.6a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.1M12 14v.2",
  replay: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M17.8 3v4h-4",
  copy: "M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l4.5 4.5",
} as const;

export type GlyphName = keyof typeof GLYPHS;

export function Glyph({ name, size = 18 }: { readonly name: GlyphName; readonly size?: number }) {
  return (
    <svg class="glyph" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={GLYPHS[name]} />
    </svg>
  );
}

/** White or near-black, whichever reads better on the colour. */
export function inkOn(color: string): string {
  const value = Number.parseInt(color.replace("#", ""), 16);
  if (Number.isNaN(value) || color.length !== 7) return "#ffffff";
  const channels = [value >> 16, (value >> 8) & 255, value & 255].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#0b1520" : "#ffffff";
}

type ChipProps = { readonly icon: string; readonly color: string; readonly small?: boolean };

export function LayerChip({ icon, color, small = false }: ChipProps) {
  const ink = inkOn(color);
  return (
    <span class={small ? "chip chip-small" : "chip"} style={{ background: color }}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {iconPaths(icon).map(({ d, width }) =>
          width === undefined ? (
            <path key={d} d={d} fill={ink} fill-rule="evenodd" />
          ) : (
            <path
              key={d}
              d={d}
              fill="none"
              stroke={ink}
              stroke-width={width}
              stroke-linecap="round"
              stroke-linejoin="round"
            />
          ),
        )}
      </svg>
    </span>
  );
}

const SHAPE_PATHS: Readonly<Record<Shape, string>> = {
  circle: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
  diamond: "M8 1l7 7-7 7-7-7z",
  triangle: "M8 1.2 15.4 14H.6z",
  octagon: "M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z",
};

/** Severity is told by form as well as by colour. */
export function ShapeMark({
  shape,
  color,
  size = 14,
}: {
  readonly shape: Shape;
  readonly color: string;
  readonly size?: number;
}) {
  return (
    <svg class="shape" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={SHAPE_PATHS[shape]} fill={color} />
    </svg>
  );
}
