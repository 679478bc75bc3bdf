// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { sourcesVi } from "../../i18n/sources/words";
import { ADVICE, adviceFor, adviceOf } from "./advice";
import { REASONS, reasonOf } from "./reason";
import { sampleSource } from "./samples";

describe("what to do about an error", () => {
  it("is found by the kind of its code", () => {
    expect(adviceFor("unreachable")).toBe("reach");
    expect(adviceFor("sign_in_refused_401")).toBe("allow");
    expect(adviceFor("secret_missing")).toBe("secret");
    expect(adviceFor("read_timeout")).toBe("time");
    expect(adviceFor("json_invalid")).toBe("read");
    expect(adviceFor("visit_failed")).toBe("other");
  });

  it("has words for every kind", () => {
    for (const advice of ADVICE) expect(sourcesVi).toHaveProperty([`advice.${advice}`]);
  });

  it("is nothing for a source that is well or switched off", () => {
    expect(adviceOf(sampleSource("a", "s", { state: "ok" }))).toBeNull();
    expect(adviceOf(sampleSource("a", "s", { state: "off" }))).toBeNull();
    expect(adviceOf(sampleSource("a", "s", { state: "silent" }))).toBe("silence");
    expect(adviceOf(sampleSource("a", "s", { state: "failing" }))).toBe("other");
  });
});

describe("why a message was refused", () => {
  it("is one of few kinds", () => {
    const kinds = [
      "patient_level_refused",
      "file_too_large",
      "field_missing",
      "time_in_future",
      "geometry_invalid",
    ];
    expect(kinds.map(reasonOf)).toEqual(["policy", "large", "missing", "time", "place"]);
    const others = ["json_invalid", "status_unknown", "revision_conflict", "value_not_allowed", "zzz"];
    expect(others.map(reasonOf)).toEqual(["unreadable", "unknown", "conflict", "value", "other"]);
    expect(new Set(REASONS).size).toBe(10);
  });
});
