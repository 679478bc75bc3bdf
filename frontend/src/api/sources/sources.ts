// SPDX-License-Identifier: Apache-2.0
/** Connected systems, their sources, and what could not be read of them. */

import type { DeadLetters, Replayed, ReplayedAll, SourceDetail, SourceList } from "../../model/sources/types";
import { getJson, query, send } from "../client";

export function fetchSources(signal?: AbortSignal): Promise<SourceList> {
  return getJson<SourceList>("/sources", signal);
}

export function fetchSource(id: string, signal?: AbortSignal): Promise<SourceDetail> {
  return getJson<SourceDetail>(`/sources/${id}`, signal);
}

export async function patchSource(id: string, enabled: boolean): Promise<void> {
  await send({ method: "PATCH", path: `/sources/${id}`, body: { enabled } });
}

export type LettersWish = { readonly code: string | null; readonly before: number | null };

export function fetchLetters(
  source: string,
  { code, before }: LettersWish,
  signal?: AbortSignal,
): Promise<DeadLetters> {
  return getJson<DeadLetters>(`/sources/${source}/dead-letters${query({ limit: 50, before, code })}`, signal);
}

export async function replayLetter(source: string, letter: number): Promise<Replayed> {
  const path = `/sources/${source}/dead-letters/${letter}/replay`;
  return (await send<Replayed>({ method: "POST", path })).body;
}

export async function replayAll(source: string, code: string | null): Promise<ReplayedAll> {
  const path = `/sources/${source}/replay`;
  return (await send<ReplayedAll>({ method: "POST", path, body: code === null ? {} : { code } })).body;
}

export async function discardLetter(source: string, letter: number, reason: string): Promise<void> {
  await send({ method: "POST", path: `/sources/${source}/dead-letters/${letter}/discard`, body: { reason } });
}

/** Where a system pushes its messages. */
export function pushAddress(source: string): string {
  return `${location.origin}/ingest/${source}`;
}
