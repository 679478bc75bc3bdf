// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { AUTOMATIC, answered, asFields, isEditable, type Mapping, ROLES } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { busy, change } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { SelectField } from "./fields";
import { Section } from "./parts";
import { Needed } from "./QuestionsTab";

/** The word of the server for: take the code of the unit that the shape covers. */
const BY_OVERLAP = "@overlap";

type Props = {
  readonly draft: Draft;
  readonly isOpen: boolean;
  readonly start: Mapping;
};

export function FieldsForm({ draft, isOpen, start }: Props) {
  const fields = useSignal(start);
  const columns = draft.fields.map((name) => ({ value: name, label: name }));
  const none = { value: "", label: tb("question.noField") };
  const automatic = { value: AUTOMATIC, label: tb("question.automatic") };
  const overlap = { value: BY_OVERLAP, label: tb("question.overlap") };
  const isSame = ROLES.every((role) => fields.value[role] === start[role]);
  const disabled = busy.value || !isEditable(draft);
  return (
    <Section
      title={tb("question.fields")}
      hint={tb("question.fieldsHint")}
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
            disabled={disabled}
            options={[
              automatic,
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
