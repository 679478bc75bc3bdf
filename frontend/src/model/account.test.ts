// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Account, areaUnits, gateOf, passwordProblem, sameReader } from "./account";

const PERSON: Account = {
  name: "an",
  display_name: "An",
  role: "operator",
  area: null,
  must_change: false,
  csrf: "x",
};

describe("who stands before the map", () => {
  it("asks for a name only where reading needs one", () => {
    expect(gateOf({ account: null, anonymous: null })).toBe("name");
    expect(gateOf({ account: null, anonymous: "viewer" })).toBeNull();
    expect(gateOf({ account: PERSON, anonymous: null })).toBeNull();
    expect(gateOf({ account: { ...PERSON, must_change: true }, anonymous: "viewer" })).toBe("password");
  });

  it("is another reader when role or area changed, not when only the token did", () => {
    const who = { account: PERSON, anonymous: null };
    expect(sameReader(who, { ...who, account: { ...PERSON, csrf: "y" } })).toBe(true);
    expect(sameReader(who, { ...who, account: { ...PERSON, area: ["s/1"] } })).toBe(false);
    expect(sameReader(who, { account: null, anonymous: "viewer" })).toBe(false);
  });

  it("reads areas and leaves out what is none", () => {
    expect(areaUnits(["new-set/05443", "broken"])).toEqual([{ set: "new-set", code: "05443" }]);
    expect(areaUnits(null)).toEqual([]);
  });
});

describe("a new password", () => {
  it("is long enough, new, and typed twice", () => {
    expect(passwordProblem("old", "", "")).toBe("problem.empty");
    expect(passwordProblem("old", "short", "short")).toBe("problem.password_invalid");
    expect(passwordProblem("same-as-before", "same-as-before", "same-as-before")).toBe(
      "problem.password_invalid",
    );
    expect(passwordProblem("old", "mật khẩu mới", "mật khẩu cũ")).toBe("problem.passwords_differ");
    expect(passwordProblem("old", "mật khẩu mới", "mật khẩu mới")).toBeNull();
  });
});
