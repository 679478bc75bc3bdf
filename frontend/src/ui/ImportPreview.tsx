// SPDX-License-Identifier: Apache-2.0
import { formatNumber } from "../model/format";
import { differences, type ImportAnswer, type Outcome, samplePoints, writes } from "../model/importing";
import { fieldOf, itemTitle } from "../model/item";
import type { Layer } from "../model/types";
import { chooseAnother, commitFile } from "../state/importing";
import { lang, t, text } from "../state/store";
import { CardSection } from "./Card";
import { FormProblem } from "./SignIn";

type Props = {
  readonly layer: Layer;
  readonly answer: ImportAnswer;
  readonly file: File;
  readonly problem: string | null;
};

const REJECTED_SHOWN = 100;

export function ImportPreview({ layer, answer, file, problem }: Props) {
  const rows = writes(answer);
  return (
    <>
      <div class="import-head">
        <p class="import-file">
          {file.name}
          {answer.sheet && <small> · {answer.sheet}</small>}
        </p>
        <Counts answer={answer} />
        <FormProblem text={problem} />
        <div class="import-actions">
          <button
            type="button"
            class="button button-primary"
            disabled={rows === 0}
            onClick={() => void commitFile(layer.id, file)}
          >
            {rows === 0 ? t("import.nothing") : t("import.commit", { n: formatNumber(rows, lang.value) })}
          </button>
          <button type="button" class="button button-outline" onClick={chooseAnother}>
            {t("import.another")}
          </button>
        </div>
      </div>
      <Notices answer={answer} />
      <Rejected answer={answer} />
      <Sample layer={layer} answer={answer} />
      <Columns answer={answer} />
    </>
  );
}

function Counts({ answer }: { readonly answer: ImportAnswer }) {
  const { receipt } = answer;
  const counts: readonly (readonly [Outcome, number])[] = [
    ["accepted", receipt.accepted],
    ["changed", receipt.changed],
    ["unchanged", receipt.unchanged],
    ["rejected", receipt.rejected.length],
  ];
  return (
    <ul class="import-counts">
      {counts.map(([outcome, n]) => (
        <li key={outcome} class={n > 0 ? `count-${outcome}` : "count-none"}>
          <strong>{formatNumber(n, lang.value)}</strong>
          <span>{t(`import.${outcome}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function Notices({ answer }: { readonly answer: ImportAnswer }) {
  const { stale = 0, unlocated } = answer.receipt;
  const notes = [
    ...answer.notices.map((one) => {
      const words = lang.value === "vi" ? one.detail_vi : one.detail;
      return `${words} (${formatNumber(one.count, lang.value)})`;
    }),
    ...(unlocated > 0 ? [t("import.unlocated", { n: formatNumber(unlocated, lang.value) })] : []),
    ...(stale > 0 ? [t("import.stale", { n: formatNumber(stale, lang.value) })] : []),
  ];
  if (notes.length === 0) return null;
  return (
    <CardSection title={t("import.notices")}>
      <ul class="import-notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </CardSection>
  );
}

function Rejected({ answer }: { readonly answer: ImportAnswer }) {
  const { rejected } = answer.receipt;
  if (rejected.length === 0) return null;
  const more = rejected.length - REJECTED_SHOWN;
  return (
    <CardSection title={`${t("import.rejectedRows")} (${formatNumber(rejected.length, lang.value)})`}>
      <ul class="import-rejected">
        {rejected.slice(0, REJECTED_SHOWN).map((one) => (
          <li key={`${one.row}/${one.code}`}>
            <strong>{t("import.row", { n: one.row })}</strong>
            <span>{(lang.value === "vi" && one.detail_vi) || one.detail}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="card-note">{t("import.more", { n: formatNumber(more, lang.value) })}</p>}
    </CardSection>
  );
}

function Sample({ layer, answer }: { readonly layer: Layer; readonly answer: ImportAnswer }) {
  const shown = answer.sample.filter(({ outcome }) => outcome === "accepted" || outcome === "changed");
  if (shown.length === 0) return null;
  return (
    <CardSection title={t("import.sample")}>
      {samplePoints(answer).length > 0 && <p class="card-note">{t("import.onMap")}</p>}
      <ul class="import-sample">
        {shown.map(({ row, id, outcome, before, after }) => (
          <li key={row}>
            <span class={`tag tag-${outcome}`}>{t(`import.${outcome}`)}</span>
            <span>
              {after ? itemTitle(layer, after.properties, lang.value) : id}
              {differences(before, after).map((name) => (
                <small key={name} class="import-diff">
                  <Difference
                    layer={layer}
                    name={name}
                    before={before?.properties}
                    after={after?.properties}
                  />
                </small>
              ))}
            </span>
            <span class="links-note">{t("import.row", { n: row })}</span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}

type DifferenceProps = {
  readonly layer: Layer;
  readonly name: string;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
};

function Difference({ layer, name, before, after }: DifferenceProps) {
  const field = fieldOf(layer, name);
  if (!field) return <>{name === "geometry" ? t("edit.place") : name}</>;
  const word = (value: unknown) => {
    const choice = field.choices?.find((one) => one.value === value);
    if (choice) return text(choice.label);
    return value === null || value === undefined || value === "" ? t("import.empty") : String(value);
  };
  return (
    <>
      {text(field.title)}: <del>{word(before?.[name])}</del> → <ins>{word(after?.[name])}</ins>
    </>
  );
}

function Columns({ answer }: { readonly answer: ImportAnswer }) {
  return (
    <CardSection title={t("import.columns")}>
      <dl class="facts">
        {answer.columns.map((column) => (
          <div class="fact" key={column.header}>
            <dt>{column.header}</dt>
            <dd>→ {text(column.title)}</dd>
          </div>
        ))}
      </dl>
      {answer.unmapped.length > 0 && (
        <p class="card-note import-unmapped">{t("import.unmapped", { names: answer.unmapped.join(", ") })}</p>
      )}
    </CardSection>
  );
}
