// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ASKING, act, isConfirmed } from "./publishing";
import { jobLike } from "./samples";

const running = jobLike({ kind: "publish", state: "running", share: 0.4 });

describe("an act that cannot be taken lightly", () => {
  it("goes from asking to done", () => {
    let now = act(ASKING, { type: "send" });
    expect(now.step).toBe("sending");
    now = act(now, { type: "accepted", job: running });
    expect(now).toEqual({ step: "working", job: running });
    now = act(now, { type: "told", job: { ...running, state: "done" } });
    expect(now.step).toBe("done");
  });

  it("asks again when the server refuses, and says why", () => {
    const sent = act(ASKING, { type: "send" });
    expect(act(sent, { type: "refused", problem: "base moved" })).toEqual({
      step: "asking",
      problem: "base moved",
    });
  });

  it("tells a failed job apart from a refused wish", () => {
    const sent = act(ASKING, { type: "send" });
    const problem = { detail: "no space" };
    const failed = act(sent, { type: "accepted", job: { ...running, state: "failed", problem } });
    expect(failed).toEqual({ step: "failed", problem });
    expect(act(failed, { type: "retry" })).toBe(ASKING);
  });

  it("is not sent twice and hears nothing that comes too late", () => {
    const sent = act(ASKING, { type: "send" });
    expect(act(sent, { type: "send" })).toBe(sent);
    expect(act(ASKING, { type: "told", job: running })).toBe(ASKING);
  });

  it("is confirmed by the very id", () => {
    expect(isConfirmed(" city-2025 ", "city-2025")).toBe(true);
    expect(isConfirmed("City-2025", "city-2025")).toBe(false);
    expect(isConfirmed("", "city-2025")).toBe(false);
  });
});
