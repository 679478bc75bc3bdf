// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { decodeWorkspace, encodeWorkspace } from "./workspace";

describe("the workspace in the address bar", () => {
  it("comes back as it was", () => {
    for (const open of [null, { view: "start" }, { view: "draft", draft: 7 }] as const)
      expect(decodeWorkspace(encodeWorkspace(open))).toEqual(open);
  });

  it("is closed by an address that means nothing", () => {
    for (const text of [undefined, "", "draft-", "draft-x", "elsewhere"])
      expect(decodeWorkspace(text)).toBeNull();
  });
});
