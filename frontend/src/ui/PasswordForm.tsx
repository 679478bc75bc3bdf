// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { ApiError } from "../api/client";
import { passwordProblem } from "../model/account";
import { changePassword } from "../state/access";
import { account, problemText, waitOf } from "../state/account";
import { t } from "../state/store";
import { PasswordInput } from "./PasswordInput";
import { FormProblem } from "./SignIn";

type Props = { readonly onDone: () => void };

export function PasswordForm({ onDone }: Props) {
  const old = useSignal("");
  const wanted = useSignal("");
  const repeated = useSignal("");
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const wrong = passwordProblem(old.value, wanted.value, repeated.value);
    problem.value = wrong && t(wrong);
    if (wrong || busy.value) return;
    busy.value = true;
    try {
      await changePassword(old.value, wanted.value);
      onDone();
    } catch (error) {
      problem.value = passwordRefusal(error);
    } finally {
      busy.value = false;
    }
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)} noValidate>
      {/* Password managers want to know whose password this is. */}
      <input
        class="visually-hidden"
        name="username"
        autocomplete="username"
        value={account.value?.name ?? ""}
        tabIndex={-1}
        readOnly
        aria-hidden="true"
      />
      <PasswordInput label="account.oldPassword" value={old} autocomplete="current-password" focused />
      <PasswordInput
        label="account.newPassword"
        value={wanted}
        autocomplete="new-password"
        hint="account.passwordRule"
      />
      <PasswordInput label="account.repeatPassword" value={repeated} autocomplete="new-password" />
      <FormProblem text={problem.value} />
      <button type="submit" class="button button-primary button-wide" disabled={busy.value}>
        {t(busy.value ? "account.working" : "account.save")}
      </button>
    </form>
  );
}

function passwordRefusal(error: unknown): string {
  const seconds = waitOf(error);
  if (seconds) return t("problem.too_many_attempts", { n: seconds });
  if (error instanceof ApiError && error.code === "credentials_invalid") return t("problem.old_password");
  return problemText(error);
}
