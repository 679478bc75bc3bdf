// SPDX-License-Identifier: Apache-2.0
/** A file on its way to become a draft. */

import { signal } from "@preact/signals";
import { postUpload, type UploadTo } from "../../api/boundaries/drafts";
import { ApiError } from "../../api/client";
import { uploadProblem } from "../../model/boundaries/file";
import { problemText } from "../account";
import { say } from "../toast";
import { workspace } from "../workspace";
import { drafts } from "./lists";
import { tb } from "./words";

export type UploadStep =
  | { readonly step: "idle" }
  | { readonly step: "sending"; readonly file: File; readonly share: number }
  | { readonly step: "failed"; readonly file: File; readonly problem: string; readonly canRetry: boolean };

export const upload = signal<UploadStep>({ step: "idle" });

let sending: AbortController | null = null;

export async function sendDraft(file: File, to: UploadTo): Promise<void> {
  const problem = uploadProblem(file);
  if (problem) {
    upload.value = { step: "failed", file, problem: tb(`drop.${problem}`), canRetry: false };
    return;
  }
  sending?.abort();
  const mine = new AbortController();
  sending = mine;
  upload.value = { step: "sending", file, share: 0 };
  const onProgress = (share: number) => {
    if (sending === mine) upload.value = { step: "sending", file, share };
  };
  try {
    const made = await postUpload(file, to, onProgress, mine.signal);
    if (sending !== mine) return;
    upload.value = { step: "idle" };
    if (drafts.value?.some(({ id }) => id === made.id)) say({ text: tb("drop.known"), tone: "good" });
    workspace.value = { view: "draft", draft: made.id };
  } catch (error) {
    if (sending !== mine) return;
    const stopped = error instanceof ApiError && error.code === "cancelled";
    upload.value = stopped
      ? { step: "idle" }
      : { step: "failed", file, problem: problemText(error), canRetry: true };
  }
}

export function stopUpload(): void {
  sending?.abort();
  upload.value = { step: "idle" };
}
