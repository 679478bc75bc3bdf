// SPDX-License-Identifier: Apache-2.0
/** Spreadsheets: template, preview, import, undo. */

import type { ImportAnswer } from "../model/importing";
import { changeHeaders, problemOf, query, send } from "./client";

export function templateUrl(layer: string, format: "xlsx" | "csv"): string {
  return `/imports/template${query({ layer, f: format })}`;
}

export type Upload = {
  readonly layer: string;
  readonly mode: "preview" | "commit";
  readonly name: string | null;
  readonly file: Blob;
  readonly type: string;
  /** From 0 to 1 while the bytes travel. */
  readonly onProgress: (share: number) => void;
};

/** XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
export function postImport({ layer, mode, name, file, type, onProgress }: Upload): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/imports${query({ layer, mode, name })}`);
    request.responseType = "json";
    for (const [header, value] of Object.entries(changeHeaders())) request.setRequestHeader(header, value);
    request.setRequestHeader("Content-Type", type);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(request.response as ImportAnswer);
      else reject(problemOf(request.status, request.response));
    });
    request.addEventListener("error", () => reject(new TypeError("network")));
    // The bytes with our own type: a Blob's would go out instead.
    void file.arrayBuffer().then((bytes) => request.send(bytes), reject);
  });
}

export async function undoImport(source: string, name: string, layer: string): Promise<void> {
  await send({ method: "DELETE", path: `/ingest/${source}/imports/${name}${query({ layer })}` });
}
