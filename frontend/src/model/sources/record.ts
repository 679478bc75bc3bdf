// SPDX-License-Identifier: Apache-2.0
/** What was refused, made readable: JSON laid out, text as text, bytes as a dump. Pure. */

import type { DeadLetter } from "./types";

const SHOWN_BYTES = 1024;
const PER_LINE = 16;

export type Shown = { readonly kind: "json" | "text" | "bytes" | "nothing"; readonly text: string };

export function shownRecord({ record, record_base64: encoded }: DeadLetter): Shown {
  if (typeof record === "string") return ofText(record);
  if (record !== undefined && record !== null) return { kind: "json", text: JSON.stringify(record, null, 2) };
  if (!encoded) return { kind: "nothing", text: "" };
  const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // A text with control characters is none.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) return ofText(text);
  } catch {
    // Not UTF-8: shown as bytes.
  }
  return { kind: "bytes", text: dump(bytes) };
}

function ofText(text: string): Shown {
  if (!/^\s*[[{]/.test(text)) return { kind: "text", text };
  try {
    return { kind: "json", text: JSON.stringify(JSON.parse(text), null, 2) };
  } catch {
    return { kind: "text", text };
  }
}

/** "000010  48 65 6c 6c 6f  Hello" as every hex viewer has it. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, SHOWN_BYTES); at += PER_LINE) {
    const part = [...bytes.slice(at, at + PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text}`);
  }
  if (bytes.length > SHOWN_BYTES) lines.push("…");
  return lines.join("\n");
}
