// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ACCEPTED } from "../../model/boundaries/file";
import { formatBytes } from "../../model/boundaries/measure";
import { sendDraft, stopUpload, upload } from "../../state/boundaries/upload";
import { tb } from "../../state/boundaries/words";
import { activeSetId, lang, sets } from "../../state/store";
import { DropZone } from "../DropZone";
import { FormProblem } from "../SignIn";
import { EMPTY_OPTIONS, type Options, optionsProblem, UploadOptions, uploadTo } from "./UploadOptions";

/** Drop or choose a file; while one travels, how far it is. */
export function UploadZone() {
  const zone = useRef<HTMLDivElement>(null);
  const options = useSignal<Options>({
    ...EMPTY_OPTIONS,
    base: activeSetId.value ?? sets.value.at(-1)?.id ?? null,
  });
  const problem = useSignal<string | null>(null);
  const now = upload.value;
  if (now.step === "sending") return <SendingFile file={now.file} share={now.share} />;

  const take = (file: File) => {
    problem.value = optionsProblem(options.value);
    // The form may be scrolled past what is said above it.
    if (problem.value) zone.current?.scrollIntoView({ block: "start" });
    if (!problem.value) void sendDraft(file, uploadTo(options.value));
  };
  const failed = now.step === "failed" ? now : null;
  return (
    <div class="upload" ref={zone}>
      <DropZone
        title={tb("drop.title")}
        choose={tb("drop.choose")}
        kinds={tb("drop.kinds")}
        accept={ACCEPTED}
        onFile={take}
      />
      <FormProblem text={problem.value ?? (failed && `${failed.file.name}: ${failed.problem}`)} />
      {failed?.canRetry && (
        <button type="button" class="button button-outline upload-retry" onClick={() => take(failed.file)}>
          {tb("work.retry")}
        </button>
      )}
      <UploadOptions options={options} />
    </div>
  );
}

function SendingFile({ file, share }: { readonly file: File; readonly share: number }) {
  const sent = share >= 1;
  return (
    <div class="upload-sending" role="status">
      <p>
        <strong>{file.name}</strong> · {formatBytes(file.size, lang.value)}
      </p>
      <progress class="progress" max={1} {...(sent ? {} : { value: share })} />
      <div class="upload-sending-foot">
        <span class="hint">
          {sent ? tb("drop.sent") : tb("drop.sending", { n: Math.round(share * 100) })}
        </span>
        <button type="button" class="button button-outline" onClick={stopUpload}>
          {tb("work.cancel")}
        </button>
      </div>
    </div>
  );
}
