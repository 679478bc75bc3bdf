// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { signOut } from "../state/access";
import { account, accountDialog, scope } from "../state/account";
import { t } from "../state/store";
import { say } from "../state/toast";
import { Dialog } from "./Dialog";
import { Glyph } from "./glyphs";
import { PasswordForm } from "./PasswordForm";
import { SignInForm } from "./SignIn";

export function AccountMenu() {
  return (
    <>
      {account.value ? <Person /> : <Enter />}
      <AccountDialogs />
    </>
  );
}

function Enter() {
  return (
    <button
      type="button"
      class="button button-outline"
      onClick={() => {
        accountDialog.value = "signIn";
      }}
    >
      <Glyph name="person" size={16} />
      {t("account.signIn")}
    </button>
  );
}

function Person() {
  const person = account.value;
  const open = useSignal(false);
  const root = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [open]);
  if (!person) return null;
  return (
    <fieldset
      class="account"
      aria-label={t("account.menu", { name: person.display_name })}
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        root.current?.querySelector<HTMLElement>(".account-button")?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && !root.current?.contains(event.relatedTarget))
          open.value = false;
      }}
    >
      <ScopeChip />
      <button
        type="button"
        class="account-button"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Glyph name="person" size={16} />
        <span class="account-name">{person.display_name}</span>
        <span class="account-role">{t(`role.${person.role}`)}</span>
        <Glyph name="chevron" size={12} />
      </button>
      {open.value && (
        <Menu
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </fieldset>
  );
}

/** Only a limit is worth a place in the bar: whoever sees everything sees no chip. */
function ScopeChip() {
  const names = scope.value;
  const [first] = names ?? [];
  if (!names || !first) return null;
  const more = names.length - 1;
  const short = more > 0 ? t("account.scopeMore", { name: first, n: more }) : first;
  return (
    <span class="scope" title={names.join("\n")}>
      <span class="scope-label">{t("account.scope")}:</span> <strong>{short}</strong>
    </span>
  );
}

function Menu({ onClose }: { readonly onClose: () => void }) {
  const person = account.value;
  if (!person) return null;
  return (
    <div class="account-menu">
      <p class="account-menu-name">{person.display_name}</p>
      <p class="account-menu-note">
        {person.name} · {t(`role.${person.role}`)}
      </p>
      <p class="account-menu-note">
        {t("account.scope")}: {scope.value ? scope.value.join(", ") : t("account.everywhere")}
      </p>
      <ul>
        <li>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              onClose();
              accountDialog.value = "password";
            }}
          >
            <Glyph name="key" size={16} />
            {t("account.changePassword")}
          </button>
        </li>
        <li>
          <button type="button" class="menu-item" onClick={() => void signOut()}>
            <Glyph name="leave" size={16} />
            {t("account.signOut")}
          </button>
        </li>
      </ul>
    </div>
  );
}

function AccountDialogs() {
  const close = () => {
    accountDialog.value = null;
  };
  if (accountDialog.value === "signIn") {
    return (
      <Dialog title={t("account.signInTitle")} onClose={close}>
        <SignInForm />
      </Dialog>
    );
  }
  if (accountDialog.value !== "password") return null;
  return (
    <Dialog title={t("account.changePassword")} onClose={close}>
      <PasswordForm
        onDone={() => {
          close();
          say({ text: t("account.passwordChanged") });
        }}
      />
    </Dialog>
  );
}
