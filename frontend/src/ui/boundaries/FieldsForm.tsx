// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import {
  AUTOMATIC,
  answered,
  asFields,
  type FieldRole,
  isEditable,
  type Mapping,
  ROLES,
} from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { busy, change } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { SelectField } from "./fields";
import { Section } from "./parts";
import { Needed } from "./QuestionsTab";

/** The word of the server for: take the code of the unit that the shape covers. */
const BY_OVERLAP = "@overlap";

function columnName(column: string): string {
  return column === BY_OVERLAP ? tb("question.overlap") : column;
}

type Props = {
  readonly draft: Draft;
  readonly isOpen: boolean;
  readonly start: Mapping;
};

const SAMPLES = 3;

/** What stands in a column, where the server asks about columns. */
function samples({ questions, mapping }: Draft, column: string): string {
  const choices = questions.find(({ kind }) => kind === "fields")?.choices ?? [];
  const found = choices.find(({ value }) => value === column)?.samples ?? [];
  if (found.length === 0 || mapping) return "";
  return tb("question.samples", {
    values: found
      .slice(0, SAMPLES)
      .map(([now]) => now)
      .join(", "),
  });
}

export function FieldsForm({ draft, isOpen, start }: Props) {
  const fields = useSignal(start);
  const columns = draft.fields.map((name) => ({ value: name, label: name }));
  const none = { value: "", label: tb("question.noField") };
  const automatic = (role: FieldRole) => {
    const column = draft.mapping?.[role];
    const none = tb(draft.mapping ? "question.automaticNone" : "question.automatic");
    const label = column ? tb("question.automaticAs", { column: columnName(column) }) : none;
    return { value: AUTOMATIC, label };
  };
  const overlap = { value: BY_OVERLAP, label: tb("question.overlap") };
  const isSame = ROLES.every((role) => fields.value[role] === start[role]);
  const disabled = busy.value || !isEditable(draft);
  return (
    <Section
      title={tb("question.fields")}
      hint={tb(isOpen || !draft.mapping ? "question.fieldsHint" : "question.fieldsKnown")}
      action={isOpen ? <Needed isOpen /> : undefined}
    >
      <form
        class="fields-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change({ answers: answered(draft, "fields", { fields: asFields(fields.value) }) });
        }}
      >
        {ROLES.map((role) => (
          <SelectField
            key={role}
            label={tb(`role.${role}`)}
            value={fields.value[role]}
            hint={samples(draft, fields.value[role])}
            disabled={disabled}
            options={[
              automatic(role),
              ...(role === "code" ? [] : [none]),
              ...columns,
              ...(role === "code" ? [overlap] : []),
            ]}
            onChange={(value) => {
              fields.value = { ...fields.value, [role]: value };
            }}
          />
        ))}
        <button
          type="submit"
          class={isOpen ? "button button-primary" : "button button-outline"}
          disabled={disabled || (isSame && !isOpen)}
        >
          {tb("question.fieldsSave")}
        </button>
      </form>
    </Section>
  );
}
