// SPDX-License-Identifier: Apache-2.0

import { answered, isEditable, mapping } from "../../model/boundaries/draft";
import type { Answers, Draft, Question } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { busy, change } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang } from "../../state/store";
import { CrsQuestion } from "./CrsQuestion";
import { FieldsForm } from "./FieldsForm";
import { Empty, Section } from "./parts";

export function QuestionsTab({ draft }: { readonly draft: Draft }) {
  const others = draft.questions.filter(({ kind }) => kind !== "fields");
  const fields = draft.questions.find(({ kind }) => kind === "fields");
  const nothing = others.length === 0 && draft.fields.length === 0;
  return (
    <>
      {draft.remembered && (
        <p class="work-note">{tb("question.remembered", { producer: draft.producer ?? "" })}</p>
      )}
      {draft.questions.length === 0 && given(draft).length === 0 && draft.summary && (
        <Empty glyph="check">{tb("question.none")}</Empty>
      )}
      {nothing && !draft.summary && <p class="work-note">{tb("draft.noResult")}</p>}
      {others.map((question) => (
        <OneQuestion key={question.kind} draft={draft} question={question} />
      ))}
      <Given draft={draft} />
      {draft.fields.length > 0 && (fields || !others.some(({ is_open }) => is_open)) && (
        <FieldsForm
          key={`${draft.revision}`}
          draft={draft}
          isOpen={fields?.is_open ?? false}
          start={mapping(draft)}
        />
      )}
    </>
  );
}

type Given = { readonly kind: "crs" | "encoding" | "sheet"; readonly value: string };

/** What somebody said, as far as it is not asked any more. */
function given({ answers, questions, sheets }: Draft): readonly Given[] {
  const { crs, encoding, sheet, swap_axes } = answers;
  const swapped = swap_axes ? `, ${tb("question.crsSwapped")}` : "";
  const title = sheets.find(({ id }) => id === sheet)?.title ?? sheet;
  const all: readonly Given[] = [
    ...(crs ? [{ kind: "crs" as const, value: `${crs}${swapped}` }] : []),
    ...(encoding ? [{ kind: "encoding" as const, value: encoding }] : []),
    ...(title ? [{ kind: "sheet" as const, value: title }] : []),
  ];
  return all.filter(({ kind }) => !questions.some((question) => question.kind === kind));
}

function Given({ draft }: { readonly draft: Draft }) {
  const all = given(draft);
  if (all.length === 0) return null;
  return (
    <Section title={tb("question.given")}>
      <dl class="facts given">
        {all.map(({ kind, value }) => (
          <div key={kind} class="fact">
            <dt>{tb(`answer.${kind}`)}</dt>
            <dd>
              {value}
              {isEditable(draft) && (
                <button
                  type="button"
                  class="link"
                  disabled={busy.value}
                  onClick={() => void change({ answers: answered(draft, kind, {}) })}
                >
                  {tb("question.askAgain")}
                </button>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function OneQuestion({ draft, question }: { readonly draft: Draft; readonly question: Question }) {
  const answer = (given: Answers) => void change({ answers: answered(draft, question.kind, given) });
  const disabled = busy.value || !isEditable(draft);
  switch (question.kind) {
    case "crs":
      return (
        <CrsQuestion question={question} answers={draft.answers} disabled={disabled} onAnswer={answer} />
      );
    case "encoding":
      return <EncodingQuestion question={question} draft={draft} disabled={disabled} onAnswer={answer} />;
    case "sheet":
      return <SheetQuestion question={question} draft={draft} disabled={disabled} onAnswer={answer} />;
    case "fields":
      return null;
  }
}

export function Needed({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <span class={isOpen ? "state state-ask" : "state state-good"}>
      {tb(isOpen ? "question.needed" : "question.answered")}
    </span>
  );
}

type Props = {
  readonly question: Question;
  readonly draft: Draft;
  readonly disabled: boolean;
  readonly onAnswer: (given: Answers) => void;
};

function EncodingQuestion({ question, draft, disabled, onAnswer }: Props) {
  return (
    <Choices
      title={tb("question.encoding")}
      question={question}
      score={(n) => tb("question.encodingScore", { n })}
      chosen={draft.answers.encoding}
      disabled={disabled}
      onChoose={(encoding) => onAnswer({ encoding })}
    />
  );
}

function SheetQuestion({ question, draft, disabled, onAnswer }: Props) {
  return (
    <Choices
      title={tb("question.sheet")}
      question={question}
      score={(n) => tb("question.sheetFeatures", { n })}
      chosen={draft.answers.sheet}
      disabled={disabled}
      onChoose={(sheet) => onAnswer({ sheet })}
    />
  );
}

type ChoicesProps = {
  readonly title: string;
  readonly question: Question;
  readonly score: (n: string) => string;
  readonly chosen: string | null | undefined;
  readonly disabled: boolean;
  readonly onChoose: (value: string) => void;
};

function Choices({ title, question, score, chosen, disabled, onChoose }: ChoicesProps) {
  return (
    <Section title={title} action={<Needed isOpen={question.is_open} />}>
      <ul class="answers">
        {question.choices.map((choice) => (
          <li key={choice.value} class="answer">
            <div class="answer-head">
              <strong>{choice.label}</strong>
              {choice.score !== null && (
                <span class="hint">{score(formatNumber(choice.score, lang.value))}</span>
              )}
              <Use
                chosen={chosen === choice.value}
                disabled={disabled}
                onClick={() => onChoose(choice.value)}
              />
            </div>
            {choice.samples.length > 0 && <Samples pairs={choice.samples.slice(0, 4)} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Samples({ pairs }: { readonly pairs: Question["choices"][number]["samples"] }) {
  return (
    <table class="samples">
      <thead>
        <tr>
          <th scope="col">{tb("question.encodingNow")}</th>
          <th scope="col">{tb("question.encodingThen")}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(([now, then]) => (
          <tr key={now}>
            <td>{now}</td>
            <td>{then}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type UseProps = { readonly chosen: boolean; readonly disabled: boolean; readonly onClick: () => void };

export function Use({ chosen, disabled, onClick }: UseProps) {
  return (
    <button
      type="button"
      class={chosen ? "button button-chosen" : "button button-outline"}
      aria-pressed={chosen}
      disabled={disabled || chosen}
      onClick={onClick}
    >
      {tb(chosen ? "question.crsChosen" : "question.use")}
    </button>
  );
}
