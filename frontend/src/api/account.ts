// SPDX-License-Identifier: Apache-2.0
/** Signing in and out. Whoever answers here decides which token later changes carry. */

import type { Account, Role, Who } from "../model/account";
import { getJson, send, setCsrf } from "./client";

type SessionBody =
  | ({ readonly signed_in: true } & Account)
  | { readonly signed_in: false; readonly anonymous: Role | null };

function whoOf(body: SessionBody): Who {
  setCsrf(body.signed_in ? body.csrf : null);
  return body.signed_in ? { account: body, anonymous: null } : { account: null, anonymous: body.anonymous };
}

export async function fetchWho(): Promise<Who> {
  return whoOf(await getJson<SessionBody>("/session"));
}

export async function postSignIn(name: string, password: string): Promise<Who> {
  const path = "/session";
  return whoOf((await send<SessionBody>({ method: "POST", path, body: { name, password } })).body);
}

export async function deleteSession(): Promise<Who> {
  return whoOf((await send<SessionBody>({ method: "DELETE", path: "/session" })).body);
}

export async function putPassword(old: string, wanted: string): Promise<void> {
  await send({ method: "PUT", path: "/session/password", body: { old, new: wanted } });
}
