// SPDX-License-Identifier: Apache-2.0
import { useId } from "preact/hooks";

type TextProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly type?: "text" | "date";
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly suggestions?: readonly string[];
  readonly name?: string;
  readonly onInput: (value: string) => void;
};

export function TextField({
  label,
  hint,
  value,
  type = "text",
  required = false,
  disabled = false,
  suggestions = [],
  name,
  onInput,
}: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required && (
          <span class="field-required" aria-hidden="true">
            {" *"}
          </span>
        )}
      </label>
      <input
        id={id}
        class="input"
        type={type}
        {...(name && { name })}
        value={value}
        required={required}
        disabled={disabled}
        spellcheck={false}
        autocomplete="off"
        {...(hint && { "aria-describedby": `${id}h` })}
        {...(suggestions.length > 0 && { list: `${id}l` })}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={`${id}l`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint && (
        <p class="field-hint" id={`${id}h`}>
          {hint}
        </p>
      )}
    </div>
  );
}

type SelectProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly disabled?: boolean;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
};

export function SelectField({ label, hint, value, disabled = false, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        disabled={disabled}
        {...(hint && { "aria-describedby": `${id}h` })}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && (
        <p class="field-hint field-sample" id={`${id}h`}>
          {hint}
        </p>
      )}
    </div>
  );
}
