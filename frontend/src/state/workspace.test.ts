// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { decodeWorkspace, encodeWorkspace, type Workspace } from "./workspace";

const OPEN: readonly (Workspace | null)[] = [
  null,
  { view: "start" },
  { view: "draft", draft: 7 },
  { view: "sources", source: null },
  { view: "sources", source: "quan-trac-ftp" },
  { view: "unlocated", layer: null },
  { view: "unlocated", layer: "one_layer" },
];

describe("the workspace in the address bar", () => {
  it("comes back as it was", () => {
    for (const open of OPEN) expect(decodeWorkspace(encodeWorkspace(open))).toEqual(open);
  });

  it("is closed by an address that means nothing", () => {
    for (const text of [
      undefined,
      "",
      "draft-",
      "draft-x",
      "elsewhere",
      "sources-",
      "sources-A/b",
      "boundaries-1",
    ])
      expect(decodeWorkspace(text)).toBeNull();
  });
});
