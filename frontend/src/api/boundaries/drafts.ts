// SPDX-License-Identifier: Apache-2.0
/** Drafts of boundaries: sending a file, answering, repairing, publishing. */

import type {
  Answers,
  ChangePart,
  Draft,
  DraftSummary,
  Drawn,
  Finding,
  Job,
  Legal,
  Target,
} from "../../model/boundaries/types";
import { getJson, query, send } from "../client";
import { sendFile } from "../sendFile";

const ROOT = "/boundaries/drafts";

export type UploadTo = {
  /** The set that the file is compared with; null while nothing is published. */
  readonly base: string | null;
  readonly producer: string | null;
  readonly title: string | null;
  /** Another set than the base: the law changed. */
  readonly target: NewTarget | null;
};

export type NewTarget = {
  readonly set: string;
  readonly valid_from: string;
  readonly title_vi: string;
  readonly title_en: string;
};

export function postUpload(
  file: File,
  to: UploadTo,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Draft> {
  const { base, producer, title, target } = to;
  const path = `/boundaries/uploads${query({ name: file.name, base, producer, title, ...target })}`;
  return sendFile<Draft>({ path, file, type: "application/octet-stream", onProgress, signal });
}

export async function fetchDrafts(): Promise<readonly DraftSummary[]> {
  return (await getJson<{ readonly drafts: readonly DraftSummary[] }>(ROOT)).drafts;
}

export function fetchDraft(id: number, signal?: AbortSignal): Promise<Draft> {
  return getJson<Draft>(`${ROOT}/${id}`, signal);
}

/** What of a draft a person changes. */
export type DraftPatch = {
  readonly title?: string;
  readonly producer?: string | null;
  readonly target?: Partial<Target>;
  readonly scope?: readonly string[] | null;
  readonly answers?: Answers;
  readonly repairs?: readonly string[];
  readonly unagreed?: readonly (readonly [string, string])[];
  readonly legal?: number | null;
};

export async function patchDraft(id: number, revision: number, body: DraftPatch): Promise<Draft> {
  const headers = { "If-Match": `"${revision}"` };
  return (await send<Draft>({ method: "PATCH", path: `${ROOT}/${id}`, body, headers })).body;
}

export async function cancelCheck(id: number): Promise<void> {
  await send({ method: "POST", path: `${ROOT}/${id}/cancel` });
}

export async function withdrawDraft(id: number): Promise<void> {
  await send({ method: "DELETE", path: `${ROOT}/${id}` });
}

export function fetchFindings(id: number): Promise<Drawn<Finding>> {
  return getJson<Drawn<Finding>>(`${ROOT}/${id}/findings`);
}

export function fetchChanges(id: number): Promise<Drawn<ChangePart>> {
  return getJson<Drawn<ChangePart>>(`${ROOT}/${id}/changes`);
}

export async function putWaiver(id: number, number: number, why: string): Promise<void> {
  await send({ method: "PUT", path: `${ROOT}/${id}/findings/${number}/waiver`, body: { why } });
}

export async function putWaivers(id: number, code: string, why: string): Promise<void> {
  await send({ method: "PUT", path: `${ROOT}/${id}/waivers`, body: { code, why } });
}

export async function deleteWaiver(id: number, number: number): Promise<void> {
  await send({ method: "DELETE", path: `${ROOT}/${id}/findings/${number}/waiver` });
}

export async function askApproval(id: number): Promise<void> {
  await send({ method: "POST", path: `${ROOT}/${id}/approval-request` });
}

export async function approve(id: number): Promise<void> {
  await send({ method: "POST", path: `${ROOT}/${id}/approval` });
}

type Accepted = { readonly job: Job };

export async function publish(id: number, confirm: string, reason: string): Promise<Job> {
  const body = { confirm, reason };
  return (await send<Accepted>({ method: "POST", path: `${ROOT}/${id}/publication`, body })).body.job;
}

export function fetchJob(id: number): Promise<Job> {
  return getJson<Job>(`/boundaries/jobs/${id}`);
}

export async function postDocument(file: File, onProgress: (share: number) => void): Promise<number> {
  const path = `/boundaries/documents${query({ name: file.name })}`;
  return (await sendFile<{ readonly id: number }>({ path, file, type: "application/pdf", onProgress })).id;
}

export type NewLegal = Omit<Legal, "id" | "file"> & { readonly file: number | null };

export async function postLegal(body: NewLegal): Promise<Legal> {
  return (await send<Legal>({ method: "POST", path: "/boundaries/legal", body })).body;
}

export function draftReportUrl(id: number, format: "html" | "pdf", lang: string): string {
  return `${ROOT}/${id}/report.${format}${query({ lang })}`;
}
