// SPDX-License-Identifier: Apache-2.0
import { signOut } from "../state/access";
import { account, gate, signInHint } from "../state/account";
import { t } from "../state/store";
import { PasswordForm } from "./PasswordForm";
import { SignInForm } from "./SignIn";

/** Where nothing may be read yet: a name first, or a password of one's own. */
export function GatePage() {
  const forced = gate.value === "password";
  return (
    <main class="gate">
      <section class="gate-card" aria-labelledby="gate-title">
        <h2 id="gate-title">{t(forced ? "account.changePassword" : "account.signInTitle")}</h2>
        <p class="gate-why">
          {forced ? t("account.mustChange") : t(signInHint.value ?? "account.signInNeeded")}
        </p>
        {forced ? <PasswordForm onDone={() => {}} /> : <SignInForm />}
        {forced && (
          <button type="button" class="button button-quiet button-wide" onClick={() => void signOut()}>
            {t("account.signOut")} ({account.value?.name})
          </button>
        )}
      </section>
    </main>
  );
}
