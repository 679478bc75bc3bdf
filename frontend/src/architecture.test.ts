// SPDX-License-Identifier: Apache-2.0
/** The house rules of this folder, each with its reason. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = dirname(fileURLToPath(import.meta.url));
const CATALOG = join(ROOT, "../../layers/catalog");
const RANKS = ["model", "api", "i18n", "live", "style", "map", "state", "ui"];

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(tsx?|css)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), "utf8") }));
const code = files.filter(({ name }) => /\.tsx?$/.test(name) && !name.includes(".test."));

function imports(name: string, text: string): string[] {
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map((match) =>
    relative(ROOT, join(ROOT, dirname(name), match[1] ?? "")),
  );
}

describe("the front end", () => {
  it("keeps files short enough to be read at one go", () => {
    for (const { name, text } of files) expect(text.split("\n").length, name).toBeLessThanOrEqual(251);
  });

  it("depends in one direction: model, api, live and style, map, state, ui", () => {
    for (const { name, text } of code) {
      const own = RANKS.indexOf(name.split("/")[0] ?? "");
      if (own < 0) continue;
      for (const target of imports(name, text)) {
        const other = RANKS.indexOf(target.split("/")[0] ?? "");
        expect(other, `${name} imports ${target}`).toBeLessThanOrEqual(own);
      }
    }
  });

  it("names no layer: a new one needs no TypeScript", () => {
    const ids = readdirSync(CATALOG)
      .filter((name) => /^[a-z]\w*\.py$/.test(name))
      .map((name) => name.replace(".py", ""));
    expect(ids.length).toBeGreaterThan(0);
    for (const { name, text } of code) {
      for (const id of ids) expect(text.includes(`"${id}"`), `${name} names ${id}`).toBe(false);
    }
  });

  it("names exports, so that a rename finds every use", () => {
    for (const { name, text } of code) expect(text, name).not.toMatch(/export default/);
  });

  it("carries no inline style or foreign address that the content policy would refuse", () => {
    const shipped = files.filter(({ name }) => !name.includes(".test."));
    for (const { name, text } of shipped)
      expect(text, name).not.toMatch(/style="|https?:\/\/(?!www\.w3\.org)/);
  });

  it("says its licence", () => {
    for (const { name, text } of files) expect(text.slice(0, 60), name).toContain("Apache-2.0");
  });
});
