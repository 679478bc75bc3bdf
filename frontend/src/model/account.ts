// SPDX-License-Identifier: Apache-2.0
/** Who is signed in, and what that asks of the page. */

export const ROLES = ["viewer", "operator", "handler", "planner", "gis", "admin"] as const;
export type Role = (typeof ROLES)[number];

export type Account = {
  readonly name: string;
  readonly display_name: string;
  readonly role: Role;
  /** Units as "set/code"; null is everywhere. */
  readonly area: readonly string[] | null;
  readonly must_change: boolean;
  readonly csrf: string;
};

/** The answer of GET /session in one shape. */
export type Who = { readonly account: Account | null; readonly anonymous: Role | null };

/** What stands between this reader and the map. */
export type Gate = "name" | "password" | null;

export function gateOf(who: Who): Gate {
  if (who.account) return who.account.must_change ? "password" : null;
  return who.anonymous === null ? "name" : null;
}

/** What decides what somebody may read, as a text to compare. */
export function readerKey({ account, anonymous }: Who): string {
  return JSON.stringify(
    account ? [account.name, account.role, account.area, account.must_change] : [anonymous],
  );
}

/** Two answers that may read the same: nothing on the screen has to be fetched again between them. */
export function sameReader(a: Who, b: Who): boolean {
  return readerKey(a) === readerKey(b);
}

export type AreaUnit = { readonly set: string; readonly code: string };

export function areaUnits(area: readonly string[] | null): readonly AreaUnit[] {
  return (area ?? []).flatMap((entry) => {
    const [set = "", code = ""] = entry.split("/");
    return set && code ? [{ set, code }] : [];
  });
}

const MIN_PASSWORD = 10;
const MAX_PASSWORD = 256;

/** What is wrong with a new password before the server is asked; the server counts characters, not bytes. */
export function passwordProblem(
  old: string,
  wanted: string,
  repeated: string,
): "problem.empty" | "problem.password_invalid" | "problem.passwords_differ" | null {
  if (!old || !wanted || !repeated) return "problem.empty";
  const length = [...wanted.normalize("NFC")].length;
  if (length < MIN_PASSWORD || length > MAX_PASSWORD || wanted === old) return "problem.password_invalid";
  return wanted === repeated ? null : "problem.passwords_differ";
}
