// SPDX-License-Identifier: Apache-2.0
/** The address bar as the store of a shareable view: decode(encode(x)) = x for every complete x. */

import type { Lang, Selection, Theme } from "./types";

export type View = {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
  readonly bearing: number;
};

export type Permalink = {
  readonly view?: View;
  readonly layers?: readonly string[];
  readonly set?: string;
  readonly lang?: Lang;
  readonly theme?: Theme;
  readonly selection?: Selection;
  readonly hex?: string;
  readonly values?: string;
  /** Where in the boundaries workspace, if it is open. */
  readonly work?: string;
};

const WORD = /^[A-Za-z0-9_.:-]{1,80}$/;

function decodeView(text: string): View | undefined {
  const numbers = text.split("/").map(Number);
  if (numbers.length < 3 || numbers.length > 4 || numbers.some((value) => !Number.isFinite(value)))
    return undefined;
  const [zoom = 0, lat = 0, lon = 0, bearing = 0] = numbers;
  if (zoom < 0 || zoom > 24 || Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
  return { zoom, lat, lon, bearing };
}

function encodeView(view: View): string {
  const base = `${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`;
  return Math.abs(view.bearing) < 0.05 ? base : `${base}/${view.bearing.toFixed(1)}`;
}

function decodeSelection(text: string): Selection | undefined {
  const [kind, owner = "", key = ""] = text.split("/");
  if (!WORD.test(owner) || !WORD.test(key)) return undefined;
  if (kind === "unit") return { kind: "unit", set: owner, code: key };
  const id = Number(key);
  return kind === "item" && Number.isSafeInteger(id) ? { kind: "item", layer: owner, id } : undefined;
}

function encodeSelection(selection: Selection): string {
  return selection.kind === "unit"
    ? `unit/${selection.set}/${selection.code}`
    : `item/${selection.layer}/${selection.id}`;
}

export function encodePermalink(link: Permalink): string {
  const parts: string[] = [];
  if (link.view) parts.push(`map=${encodeView(link.view)}`);
  if (link.set) parts.push(`set=${link.set}`);
  if (link.layers) parts.push(`layers=${link.layers.join(",")}`);
  if (link.hex) parts.push(`hex=${link.hex}`);
  if (link.values) parts.push(`values=${link.values}`);
  if (link.work) parts.push(`work=${link.work}`);
  if (link.selection) parts.push(`sel=${encodeSelection(link.selection)}`);
  if (link.lang) parts.push(`lang=${link.lang}`);
  if (link.theme) parts.push(`theme=${link.theme}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

/** A mail program may have cut the address in the middle of a character. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Whatever is missing or malformed is left out: an old bookmark must still open the map. */
export function decodePermalink(hash: string): Permalink {
  const found = new Map<string, string>();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) found.set(part.slice(0, at), unescaped(part.slice(at + 1)));
  }
  const view = decodeView(found.get("map") ?? "");
  const selection = decodeSelection(found.get("sel") ?? "");
  const layers = found.get("layers");
  const set = found.get("set");
  const hex = found.get("hex");
  const values = found.get("values");
  const work = found.get("work");
  const lang = found.get("lang");
  const theme = found.get("theme");
  return {
    ...(view && { view }),
    ...(set && WORD.test(set) && { set }),
    ...(layers !== undefined && { layers: layers.split(",").filter((id) => WORD.test(id)) }),
    ...(hex && WORD.test(hex) && { hex }),
    ...(values && WORD.test(values) && { values }),
    ...(work && WORD.test(work) && { work }),
    ...(selection && { selection }),
    ...((lang === "vi" || lang === "en") && { lang }),
    ...((theme === "dark" || theme === "light") && { theme }),
  };
}
