// SPDX-License-Identifier: Apache-2.0
/** A form's texts into a record, and back. Pure. */

import type { Field, Item } from "./types";

/** What the layer's schema asks of a field beyond its type. */
export type Rule = {
  readonly required: boolean;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};

export type Rules = Readonly<Record<string, Rule>>;
export type Texts = Readonly<Record<string, string>>;
export type Place = { readonly lon: number; readonly lat: number };

export type Fault =
  | { readonly key: "edit.required" | "edit.notNumber" | "edit.notWhole" }
  | { readonly key: "edit.outOfRange"; readonly min: number; readonly max: number };

/** The schema of OGC API Features, as far as a form needs it. */
export function rulesOf(schema: {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}): Rules {
  const number = (value: unknown) => (typeof value === "number" ? value : undefined);
  const rules = Object.entries(schema.properties ?? {}).map(([name, one]): [string, Rule] => {
    const bounds = {
      maxLength: number(one.maxLength),
      minimum: number(one.minimum),
      maximum: number(one.maximum),
    };
    const known = Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined));
    return [name, { required: (schema.required ?? []).includes(name), ...known }];
  });
  return Object.fromEntries(rules);
}

export function textsOf(fields: readonly Field[], item: Item | null): Texts {
  return Object.fromEntries(
    fields.map((field) => {
      const value = item?.properties[field.name];
      if (value === null || value === undefined) return [field.name, ""];
      if (field.type === "datetime") return [field.name, localMinute(String(value))];
      if (field.type === "number" || field.type === "integer")
        return [field.name, String(value).replace(".", ",")];
      return [field.name, String(value)];
    }),
  );
}

const VIETNAM_MS = 7 * 3_600_000;

/** "2026-11-22T08:30" in Vietnam, as the browser's control wants it. */
export function localMinute(moment: string): string {
  const at = Date.parse(moment);
  return Number.isNaN(at) ? "" : new Date(at + VIETNAM_MS).toISOString().slice(0, 16);
}

/** Both decimal signs are understood; "1.234" is one and a bit, as on a keyboard's number block. */
export function readNumber(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

export function faultOf(field: Field, rule: Rule | undefined, text: string): Fault | null {
  if (!text.trim()) return rule?.required ? { key: "edit.required" } : null;
  if (field.type !== "number" && field.type !== "integer") return null;
  const number = readNumber(text);
  if (number === null) return { key: "edit.notNumber" };
  if (field.type === "integer" && !Number.isInteger(number)) return { key: "edit.notWhole" };
  const min = rule?.minimum ?? Number.NEGATIVE_INFINITY;
  const max = rule?.maximum ?? Number.POSITIVE_INFINITY;
  return number < min || number > max ? { key: "edit.outOfRange", min, max } : null;
}

function typedValue(field: Field, text: string): unknown {
  const plain = text.trim().normalize("NFC");
  if (!plain) return null;
  switch (field.type) {
    case "integer":
    case "number":
      return readNumber(plain);
    case "boolean":
      return plain === "true";
    case "datetime":
      return `${plain}:00+07:00`;
    default:
      return plain;
  }
}

/** Only what differs: the rest may have been changed by somebody else and is none of our business. */
export function changesOf(fields: readonly Field[], before: Texts, now: Texts): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter(({ name }) => (before[name] ?? "").trim() !== (now[name] ?? "").trim())
      .map((field) => [field.name, typedValue(field, now[field.name] ?? "")]),
  );
}

/** The members of a record that say where: rounded to a centimetre, as more would claim too much. */
export function placeMembers(place: Place): { lon: number; lat: number } {
  return { lon: Number(place.lon.toFixed(7)), lat: Number(place.lat.toFixed(7)) };
}
