// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { isEditable } from "../../model/boundaries/draft";
import { pdfProblem } from "../../model/boundaries/file";
import type { Draft, Legal } from "../../model/boundaries/types";
import { formatDate } from "../../model/format";
import { forgetLegalProblem, legalStep, saveLegal } from "../../state/boundaries/legal";
import { tb } from "../../state/boundaries/words";
import { Glyph } from "../glyphs";
import { FormProblem } from "../SignIn";
import { TextField } from "./fields";
import { Section } from "./parts";

export function LegalSection({ draft }: { readonly draft: Draft }) {
  const open = useSignal(false);
  const isNeeded = draft.base !== null && draft.base.set !== draft.target.set;
  const hint = draft.legal ? undefined : tb(isNeeded ? "legal.needed" : "legal.optional");
  return (
    <Section
      title={tb("legal.title")}
      hint={hint}
      action={
        isEditable(draft) &&
        !open.value && (
          <button
            type="button"
            class="button button-outline button-compact"
            onClick={() => {
              forgetLegalProblem();
              open.value = true;
            }}
          >
            {tb(draft.legal ? "legal.change" : "legal.add")}
          </button>
        )
      }
    >
      {draft.legal && !open.value && <Document legal={draft.legal} />}
      {open.value && (
        <Form
          onDone={() => {
            open.value = false;
          }}
        />
      )}
    </Section>
  );
}

function Document({ legal }: { readonly legal: Legal }) {
  return (
    <div class="document">
      <strong>{legal.number}</strong>
      <span>{legal.issuer}</span>
      {legal.title && <span>{legal.title}</span>}
      <span class="hint">
        {tb("legal.dates", {
          signed: formatDate(legal.signed_on),
          effective: formatDate(legal.effective_on),
        })}
      </span>
      {legal.file && (
        <span class="hint document-file">
          <Glyph name="check" size={14} />
          {legal.file.name}
        </span>
      )}
    </div>
  );
}

const EMPTY = { number: "", issuer: "", title: "", signed_on: "", effective_on: "" };

function Form({ onDone }: { readonly onDone: () => void }) {
  const id = useId();
  const values = useSignal(EMPTY);
  const pdf = useSignal<File | null>(null);
  const problem = useSignal<string | null>(null);
  const now = legalStep.value;
  const set = (part: Partial<typeof EMPTY>) => {
    values.value = { ...values.value, ...part };
  };
  const choose = (file: File | undefined) => {
    const wrong = file ? pdfProblem(file) : null;
    const words = {
      kind: "legal.fileKind",
      empty: "legal.fileEmpty",
      tooLarge: "legal.fileTooLarge",
    } as const;
    forgetLegalProblem();
    problem.value = wrong && tb(words[wrong]);
    pdf.value = file && !wrong ? file : null;
  };
  const save = async (event: Event) => {
    event.preventDefault();
    const { number, issuer, title, signed_on, effective_on } = values.value;
    if (!number.trim() || !issuer.trim() || !signed_on || !effective_on) {
      problem.value = tb("legal.required");
      return;
    }
    problem.value = null;
    const body = {
      number: number.trim(),
      issuer: issuer.trim(),
      title: title.trim() || null,
      signed_on,
      effective_on,
    };
    if (await saveLegal(body, pdf.value)) onDone();
  };
  const sending = now.step === "sending";
  return (
    <form class="stack" onSubmit={(event) => void save(event)} noValidate>
      <div class="form-pair">
        <TextField
          label={tb("legal.number")}
          name="legal-number"
          hint={tb("legal.numberHint")}
          value={values.value.number}
          required
          onInput={(number) => set({ number })}
        />
        <TextField
          label={tb("legal.issuer")}
          name="legal-issuer"
          value={values.value.issuer}
          required
          onInput={(issuer) => set({ issuer })}
        />
      </div>
      <TextField
        label={tb("legal.name")}
        name="legal-title"
        value={values.value.title}
        onInput={(title) => set({ title })}
      />
      <div class="form-pair">
        <TextField
          label={tb("legal.signed")}
          name="legal-signed"
          type="date"
          value={values.value.signed_on}
          required
          onInput={(signed_on) => set({ signed_on })}
        />
        <TextField
          label={tb("legal.effective")}
          name="legal-effective"
          type="date"
          value={values.value.effective_on}
          required
          onInput={(effective_on) => set({ effective_on })}
        />
      </div>
      <label class="file-line" for={id}>
        <Glyph name="upload" size={16} />
        <span>{pdf.value ? pdf.value.name : tb("legal.fileChoose")}</span>
        <input
          id={id}
          type="file"
          class="visually-hidden"
          accept="application/pdf,.pdf"
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
      </label>
      <FormProblem text={problem.value ?? (now.step === "idle" ? now.problem : null)} />
      {sending && pdf.value && <progress class="progress" max={1} value={now.share} />}
      <div class="form-row">
        <button type="submit" class="button button-primary button-compact" disabled={sending}>
          {tb(sending ? "work.saving" : "work.save")}
        </button>
        <button type="button" class="button button-quiet" onClick={onDone}>
          {tb("work.cancel")}
        </button>
      </div>
    </form>
  );
}
