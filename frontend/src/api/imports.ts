// SPDX-License-Identifier: Apache-2.0
/** Spreadsheets: template, preview, import, undo. */

import type { ImportAnswer } from "../model/importing";
import { query, send } from "./client";
import { sendFile } from "./sendFile";

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

export function postImport({ layer, mode, name, file, type, onProgress }: Upload): Promise<ImportAnswer> {
  const path = `/imports${query({ layer, mode, name })}`;
  return sendFile<ImportAnswer>({ path, file, type, onProgress });
}

export async function undoImport(source: string, name: string, layer: string): Promise<void> {
  await send({ method: "DELETE", path: `/ingest/${source}/imports/${name}${query({ layer })}` });
}
