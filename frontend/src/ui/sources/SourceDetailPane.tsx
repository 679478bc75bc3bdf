// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import type { Source, System } from "../../model/sources/types";
import { mayAdmin, switching, switchSource, type Tab, tab } from "../../state/sources/page";
import { number, tc } from "../../state/sources/words";
import { t, text } from "../../state/store";
import { Dialog } from "../Dialog";
import { ConnectTab } from "./ConnectTab";
import { LettersTab } from "./LettersTab";
import { NowTab } from "./NowTab";
import { StateMark } from "./parts";

type Props = { readonly source: Source; readonly system: System | null };

export function SourceDetailPane({ source, system }: Props) {
  return (
    <>
      <header class="src-detail-head">
        <div class="src-detail-words">
          <p class="src-kicker">{system ? text(system.title) : source.system}</p>
          <h3>{text(source.title)}</h3>
          <p class="src-detail-state">
            <StateMark state={source.state} />
            <b class={`src-word src-word-${source.state}`}>{tc(`state.${source.state}`)}</b>
            <code>{source.id}</code>
          </p>
        </div>
        {mayAdmin.value && <Switch source={source} />}
      </header>
      <Tabs source={source} />
      <div class="src-detail-body" role="tabpanel" aria-label={tc(`detail.${tab.value}`)}>
        {tab.value === "now" && <NowTab source={source} />}
        {tab.value === "letters" && <LettersTab source={source} />}
        {tab.value === "connect" && <ConnectTab source={source} />}
      </div>
    </>
  );
}

const TABS: readonly Tab[] = ["now", "letters", "connect"];

function Tabs({ source }: { readonly source: Source }) {
  return (
    <div
      class="src-tabs"
      role="tablist"
      aria-label={tc("detail.tabs")}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (by === 0) return;
        const wanted = TABS[(TABS.indexOf(tab.value) + by + TABS.length) % TABS.length];
        if (wanted) tab.value = wanted;
        const buttons = event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]");
        buttons[TABS.indexOf(tab.value)]?.focus();
      }}
    >
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          class="src-tab"
          aria-selected={tab.value === one}
          tabIndex={tab.value === one ? 0 : -1}
          onClick={() => {
            tab.value = one;
          }}
        >
          {tc(`detail.${one}`)}
          {one === "letters" && source.dead_letters > 0 && (
            <span class="src-tab-n">{number(source.dead_letters)}</span>
          )}
        </button>
      ))}
    </div>
  );
}

function Switch({ source }: { readonly source: Source }) {
  const asking = useSignal(false);
  const title = text(source.title);
  const close = () => {
    asking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class={source.enabled ? "button button-outline" : "button button-primary"}
        disabled={switching.value}
        onClick={() => {
          if (source.enabled) asking.value = true;
          else void switchSource(source, true);
        }}
      >
        {tc(source.enabled ? "detail.disable" : "detail.enable")}
      </button>
      {asking.value && (
        <Dialog title={tc("detail.disableAsk", { title })} onClose={close}>
          <div class="form">
            <p class="field-hint">{tc("detail.disableNote")}</p>
            <div class="edit-buttons">
              <button
                type="button"
                class="button button-danger"
                onClick={() => {
                  close();
                  void switchSource(source, false);
                }}
              >
                {tc("detail.disable")}
              </button>
              <button type="button" class="button button-outline" onClick={close}>
                {t("account.cancel")}
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
