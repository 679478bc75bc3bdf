// SPDX-License-Identifier: Apache-2.0
/** The import drawer's steps: a file, what it would do, what it did, and the way back. */

import { effect, signal } from "@preact/signals";
import { postImport, undoImport } from "../api/imports";
import { type ImportAnswer, importName, MAX_FILE_BYTES, mediaTypeOf, samplePoints } from "../model/importing";
import { account, problemText } from "./account";
import { drawer } from "./drawer";
import { currentMap } from "./mapRef";
import { type DoneImport, remembered, rememberImports } from "./recentImports";
import { layerTouched } from "./refresh";
import { t } from "./store";
import { say } from "./toast";

export type Step =
  | { readonly step: "choose"; readonly problem: string | null }
  | {
      readonly step: "working";
      readonly what: "read" | "write";
      readonly share: number;
      readonly file: string;
    }
  | {
      readonly step: "preview";
      readonly answer: ImportAnswer;
      readonly file: File;
      readonly problem: string | null;
    }
  | { readonly step: "done"; readonly answer: ImportAnswer };

/** As wide as the drawer that lies over the map. */
const DRAWER_PX = 360;

const START: Step = { step: "choose", problem: null };
export const importStep = signal<Step>(START);
export const doneImports = signal<readonly DoneImport[]>([]);
export const undoing = signal<string | null>(null);

export function openImport(layer: string): void {
  importStep.value = START;
  doneImports.value = remembered(account.value?.name ?? "", layer);
  drawer.value = { kind: "import", layer };
}

export function chooseAnother(): void {
  importStep.value = START;
}

/** Rings around the previewed points, as long as the preview is open. */
export function keepPreviewPoints(): () => void {
  return effect(() => {
    const shown =
      drawer.value?.kind === "import" && importStep.value.step === "preview" ? importStep.value : null;
    currentMap()?.marks.highlight(shown ? samplePoints(shown.answer) : []);
  });
}

export async function previewFile(layer: string, file: File): Promise<void> {
  const type = mediaTypeOf(file.name);
  if (!type || file.size > MAX_FILE_BYTES) {
    importStep.value = { step: "choose", problem: t(type ? "import.tooLarge" : "import.wrongKind") };
    return;
  }
  await upload(layer, file, type, "preview");
}

export async function commitFile(layer: string, file: File): Promise<void> {
  await upload(layer, file, mediaTypeOf(file.name) ?? "", "commit");
}

async function upload(layer: string, file: File, type: string, mode: "preview" | "commit"): Promise<void> {
  const before = importStep.value;
  const what = mode === "preview" ? "read" : "write";
  const at = (share: number): Step => ({ step: "working", what, share, file: file.name });
  let working = at(0);
  importStep.value = working;
  const mine = () =>
    importStep.value === working && drawer.value?.kind === "import" && drawer.value.layer === layer;
  try {
    const answer = await postImport({
      layer,
      mode,
      name: mode === "commit" ? importName(new Date(), Math.random()) : null,
      file,
      type,
      onProgress: (share) => {
        if (mine()) importStep.value = working = at(share);
      },
    });
    if (mode === "commit") finished(layer, answer, file.name);
    if (!mine()) return;
    importStep.value =
      mode === "commit" ? { step: "done", answer } : { step: "preview", answer, file, problem: null };
    if (mode === "preview") currentMap()?.fitFeatures(samplePoints(answer), DRAWER_PX);
  } catch (error) {
    if (!mine()) return;
    const problem = problemText(error);
    importStep.value = before.step === "preview" ? { ...before, problem } : { step: "choose", problem };
  }
}

function finished(layer: string, answer: ImportAnswer, file: string): void {
  const { accepted, changed } = answer.receipt;
  const entry: DoneImport = {
    name: answer.name,
    source: answer.source,
    layer,
    file,
    at: Date.now(),
    accepted,
    changed,
  };
  doneImports.value = rememberImports(account.value?.name ?? "", layer, [entry, ...doneImports.value]);
  layerTouched(layer);
}

export async function undo(entry: DoneImport): Promise<void> {
  undoing.value = entry.name;
  try {
    await undoImport(entry.source, entry.name, entry.layer);
    const left = doneImports.value.filter(({ name }) => name !== entry.name);
    doneImports.value = rememberImports(account.value?.name ?? "", entry.layer, left);
    if (importStep.value.step === "done") importStep.value = START;
    layerTouched(entry.layer);
    say({ text: t("import.undone") });
  } catch (error) {
    say({ text: problemText(error), tone: "bad" });
  } finally {
    undoing.value = null;
  }
}
