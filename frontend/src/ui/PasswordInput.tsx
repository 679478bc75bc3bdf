// SPDX-License-Identifier: Apache-2.0
import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Key } from "../i18n/translate";
import { t } from "../state/store";
import { Glyph } from "./glyphs";

type Props = {
  readonly label: Key;
  readonly value: Signal<string>;
  readonly autocomplete: "current-password" | "new-password";
  readonly hint?: Key;
  readonly focused?: boolean;
};

export function PasswordInput({ label, value, autocomplete, hint, focused = false }: Props) {
  const id = useId();
  const shown = useSignal(false);
  const toggle = t(shown.value ? "account.hidePassword" : "account.showPassword");
  return (
    <div class="field">
      <label for={id}>{t(label)}</label>
      <div class="field-box">
        <input
          id={id}
          class="input"
          // Preact's types know no input that is now a password and then a text.
          type={(shown.value ? "text" : "password") as "password"}
          name={autocomplete}
          autocomplete={autocomplete}
          maxLength={256}
          required
          ref={(input) => {
            if (input && focused && !input.value && document.activeElement?.tagName !== "INPUT")
              input.focus();
          }}
          aria-describedby={hint ? `${id}-hint` : undefined}
          value={value.value}
          onInput={(event) => {
            value.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          class="field-eye"
          aria-pressed={shown.value}
          aria-label={toggle}
          title={toggle}
          onClick={() => {
            shown.value = !shown.value;
          }}
        >
          <Glyph name={shown.value ? "eyeOff" : "eye"} />
        </button>
      </div>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {t(hint)}
        </p>
      )}
    </div>
  );
}
