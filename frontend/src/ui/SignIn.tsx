// SPDX-License-Identifier: Apache-2.0
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { signIn } from "../state/access";
import { problemText, waitOf } from "../state/account";
import { now, t } from "../state/store";
import { PasswordInput } from "./PasswordInput";

/** Name and password; after too many failures it counts down instead of asking for one more. */
export function SignInForm() {
  const id = useId();
  const name = useSignal("");
  const password = useSignal("");
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);
  const waitUntil = useSignal(0);
  const wait = useComputed(() => Math.max(0, Math.ceil((waitUntil.value - now.value) / 1000)));
  const first = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => first.current?.focus(), []);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy.value || wait.value > 0) return;
    if (!name.value.trim() || !password.value) {
      problem.value = t("problem.empty");
      return;
    }
    busy.value = true;
    problem.value = null;
    try {
      await signIn(name.value, password.value);
    } catch (error) {
      const seconds = waitOf(error);
      waitUntil.value = seconds ? Date.now() + seconds * 1000 : 0;
      problem.value = seconds ? null : problemText(error);
      password.value = "";
      form.current?.querySelector<HTMLInputElement>("input[name=current-password]")?.focus();
    } finally {
      busy.value = false;
    }
  }

  const shown = wait.value > 0 ? t("problem.too_many_attempts", { n: wait.value }) : problem.value;
  return (
    <form class="form" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <div class="field">
        <label for={id}>{t("account.name")}</label>
        <input
          id={id}
          ref={first}
          class="input"
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={100}
          required
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      </div>
      <PasswordInput label="account.password" value={password} autocomplete="current-password" />
      <FormProblem text={shown} />
      <button type="submit" class="button button-primary button-wide" disabled={busy.value || wait.value > 0}>
        {t(busy.value ? "account.working" : "account.signIn")}
      </button>
    </form>
  );
}

/** Present from the start, so that a screen reader hears what appears in it. */
export function FormProblem({ text }: { readonly text: string | null }) {
  return (
    <p class="form-problem" role="alert">
      {text}
    </p>
  );
}
