// SPDX-License-Identifier: Apache-2.0
/** What has no place yet: listed, placed by hand, and taken back. */

import type { Decision, Queue, Unlocated } from "../model/unlocated";
import { getJson, query, send } from "./client";

type Wish = { readonly layer: string | null; readonly after: string | null };

export function fetchQueue({ layer, after }: Wish, signal?: AbortSignal): Promise<Queue> {
  return getJson<Queue>(`/unlocated${query({ layer, limit: 50, after })}`, signal);
}

export async function postPlace({ layer, id }: Unlocated, decision: Decision): Promise<void> {
  await send({ method: "POST", path: `/unlocated/${layer}/${id}`, body: decision });
}

export async function deletePlace({ layer, id }: Unlocated): Promise<void> {
  await send({ method: "DELETE", path: `/unlocated/${layer}/${id}` });
}
