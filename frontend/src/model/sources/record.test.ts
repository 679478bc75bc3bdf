// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { shownRecord } from "./record";
import type { DeadLetter } from "./types";

const LETTER: DeadLetter = {
  id: 1,
  layer: "some",
  code: "code",
  detail: "detail",
  times: 1,
  first_seen: "2026-11-22T08:00:00+07:00",
  last_seen: "2026-11-22T08:00:00+07:00",
  message: null,
};
const base64 = (bytes: readonly number[]) => btoa(String.fromCharCode(...bytes));

describe("what was refused, made readable", () => {
  it("lays out JSON, also when it comes as a text", () => {
    expect(shownRecord({ ...LETTER, record: { a: 1 } })).toEqual({ kind: "json", text: '{\n  "a": 1\n}' });
    expect(shownRecord({ ...LETTER, record: '[1,"hai"]' }).kind).toBe("json");
  });

  it("leaves other texts as they are", () => {
    expect(shownRecord({ ...LETTER, record: "<a>Tân Cương" })).toEqual({
      kind: "text",
      text: "<a>Tân Cương",
    });
    expect(shownRecord({ ...LETTER, record: "{cut of" }).kind).toBe("text");
  });

  it("reads bytes as a text where they are one, else dumps them", () => {
    expect(
      shownRecord({ ...LETTER, record_base64: base64([...new TextEncoder().encode("phường")]) }),
    ).toEqual({
      kind: "text",
      text: "phường",
    });
    const dumped = shownRecord({ ...LETTER, record_base64: base64([0xff, 0x00, 0x41]) });
    expect(dumped.kind).toBe("bytes");
    expect(dumped.text).toMatch(/^000000 {2}ff 00 41 +\.\.A$/);
  });

  it("says where nothing was kept", () => {
    expect(shownRecord(LETTER).kind).toBe("nothing");
  });
});
