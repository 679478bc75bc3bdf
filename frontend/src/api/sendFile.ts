// SPDX-License-Identifier: Apache-2.0
/** Bytes of any size on their way to the server. */

import { ApiError, changeHeaders, problemOf } from "./client";

export type Sending = {
  readonly path: string;
  readonly file: Blob;
  readonly type: string;
  /** From 0 to 1 while the bytes travel. */
  readonly onProgress: (share: number) => void;
  readonly signal?: AbortSignal;
};

/** XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
export function sendFile<T>({ path, file, type, onProgress, signal }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    for (const [header, value] of Object.entries(changeHeaders())) request.setRequestHeader(header, value);
    request.setRequestHeader("Content-Type", type);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(problemOf(request.status, request.response));
    });
    request.addEventListener("error", () => reject(new TypeError("network")));
    request.addEventListener("abort", () => reject(new ApiError(0, "cancelled", "")));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    // A slice has the type that we say and is still read from the disk piece by piece.
    request.send(file.slice(0, file.size, type));
  });
}
