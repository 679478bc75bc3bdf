// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { ACCEPTED } from "../../model/boundaries/file";
import { formatBytes } from "../../model/boundaries/measure";
import { sendDraft, stopUpload, upload } from "../../state/boundaries/upload";
import { tb } from "../../state/boundaries/words";
import { activeSetId, lang, sets } from "../../state/store";
import { Glyph } from "../glyphs";
import { FormProblem } from "../SignIn";
import { EMPTY_OPTIONS, type Options, optionsProblem, UploadOptions, uploadTo } from "./UploadOptions";

/** Drop or choose a file; while one travels, how far it is. */
export function UploadZone() {
  const id = useId();
  const zone = useRef<HTMLDivElement>(null);
  const over = useSignal(false);
  const options = useSignal<Options>({
    ...EMPTY_OPTIONS,
    base: activeSetId.value ?? sets.value.at(-1)?.id ?? null,
  });
  const problem = useSignal<string | null>(null);
  const now = upload.value;
  if (now.step === "sending") return <SendingFile file={now.file} share={now.share} />;

  const take = (file: File | undefined) => {
    if (!file) return;
    problem.value = optionsProblem(options.value);
    // The form may be scrolled past what is said above it.
    if (problem.value) zone.current?.scrollIntoView({ block: "start" });
    if (!problem.value) void sendDraft(file, uploadTo(options.value));
  };
  const failed = now.step === "failed" ? now : null;
  return (
    <div class="upload" ref={zone}>
      <label
        for={id}
        class={over.value ? "drop drop-over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          take(event.dataTransfer?.files[0]);
        }}
      >
        <Glyph name="upload" size={28} />
        <span>
          {tb("drop.title")} <span class="link">{tb("drop.choose")}</span>
        </span>
        <small>{tb("drop.kinds")}</small>
        <input
          id={id}
          type="file"
          class="visually-hidden"
          accept={ACCEPTED}
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </label>
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
