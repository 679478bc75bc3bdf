// SPDX-License-Identifier: Apache-2.0
import { useId } from "preact/hooks";
import type { Fault, Rule } from "../model/editing";
import { formatNumber } from "../model/format";
import type { Field } from "../model/types";
import { lang, t, text } from "../state/store";
import { Glyph } from "./glyphs";

type Props = {
  readonly field: Field;
  readonly rule: Rule | undefined;
  readonly value: string;
  readonly fault: Fault | null;
  readonly onChange: (value: string) => void;
};

/** Longer texts get more than a line. */
const LONG = 600;

export function FieldInput({ field, rule, value, fault, onChange }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {text(field.title)}
        {field.unit && ` (${field.unit})`}
        {rule?.required && (
          <span class="field-required" title={t("edit.required")}>
            {" "}
            *
          </span>
        )}
      </label>
      <Control id={id} {...{ field, rule, value, fault, onChange }} />
      {fault && (
        <p class="field-fault" id={`${id}-fault`}>
          {faultText(fault)}
        </p>
      )}
    </div>
  );
}

function faultText(fault: Fault): string {
  if (fault.key !== "edit.outOfRange") return t(fault.key);
  const shown = (value: number) => (Number.isFinite(value) ? formatNumber(value, lang.value, 6) : "…");
  return t(fault.key, { min: shown(fault.min), max: shown(fault.max) });
}

function Control({ id, field, rule, value, fault, onChange }: Props & { readonly id: string }) {
  const shared = {
    id,
    "aria-invalid": fault !== null,
    "aria-required": rule?.required ?? false,
    ...(fault && { "aria-describedby": `${id}-fault` }),
  };
  if (field.type === "choice" || field.type === "boolean") {
    const options =
      field.type === "boolean"
        ? [
            { value: "true", label: t("card.yes") },
            { value: "false", label: t("card.no") },
          ]
        : (field.choices ?? []).map((choice) => ({ value: choice.value, label: text(choice.label) }));
    return (
      <div class="select">
        <select {...shared} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{t("edit.notChosen")}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Glyph name="chevron" size={14} />
      </div>
    );
  }
  const long = field.type === "string" && (rule?.maxLength ?? 0) > LONG;
  const onInput = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  const limit = rule?.maxLength ? { maxLength: rule.maxLength } : {};
  if (long) return <textarea {...shared} {...limit} class="input" value={value} onInput={onInput} />;
  if (field.type === "datetime")
    return <input {...shared} class="input" type="datetime-local" value={value} onInput={onInput} />;
  const numeric = field.type === "integer" || field.type === "number";
  return (
    <input
      {...shared}
      {...limit}
      class="input"
      type="text"
      inputMode={numeric ? "decimal" : "text"}
      autocomplete="off"
      value={value}
      onInput={onInput}
    />
  );
}
