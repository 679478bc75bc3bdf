// SPDX-License-Identifier: Apache-2.0
/** Scanned maps and orthophotos that lie under a draft. */

import type { Underlay } from "../../model/boundaries/published";
import { getJson, query, send } from "../client";
import { sendFile } from "../sendFile";

const ROOT = "/boundaries/underlays";

export async function fetchUnderlays(draft: number): Promise<readonly Underlay[]> {
  type Body = { readonly underlays: readonly Underlay[] };
  return (await getJson<Body>(`${ROOT}${query({ draft })}`)).underlays;
}

export function postUnderlay(
  draft: number,
  file: File,
  onProgress: (share: number) => void,
): Promise<Underlay> {
  const path = `${ROOT}${query({ draft, name: file.name })}`;
  return sendFile<Underlay>({ path, file, type: "application/octet-stream", onProgress });
}

export async function deleteUnderlay(id: number): Promise<void> {
  await send({ method: "DELETE", path: `${ROOT}/${id}` });
}

/** Absolute, because MapLibre's worker resolves nothing. */
export function underlayTiles(id: number): string {
  return `${location.origin}${ROOT}/${id}/tiles/{z}/{x}/{y}.png`;
}
