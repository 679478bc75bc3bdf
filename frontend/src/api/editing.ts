// SPDX-License-Identifier: Apache-2.0
/** Changes of single features. */

import { type Rules, rulesOf } from "../model/editing";
import { getJson, send } from "./client";

export type Edited = {
  readonly id: number | null;
  readonly import: string;
  /** The address whose DELETE takes the edit back. */
  readonly undo: string;
};

type Fields = Readonly<Record<string, unknown>>;

export async function fetchRules(layer: string): Promise<Rules> {
  return rulesOf(await getJson(`/collections/${layer}/schema`));
}

export async function postItem(layer: string, body: Fields): Promise<Edited> {
  return (await send<Edited>({ method: "POST", path: `/collections/${layer}/items`, body })).body;
}

function itemPath(layer: string, id: number): string {
  return `/collections/${layer}/items/${id}`;
}

export async function patchItem(layer: string, id: number, revision: number, body: Fields): Promise<Edited> {
  const headers = { "If-Match": `"${revision}"` };
  return (await send<Edited>({ method: "PATCH", path: itemPath(layer, id), body, headers })).body;
}

export async function deleteItem(layer: string, id: number, revision: number): Promise<Edited> {
  const headers = { "If-Match": `"${revision}"` };
  return (await send<Edited>({ method: "DELETE", path: itemPath(layer, id), headers })).body;
}

export async function undoEdit(edited: Edited): Promise<void> {
  await send({ method: "DELETE", path: edited.undo });
}
