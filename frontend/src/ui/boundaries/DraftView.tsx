// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
import { feltBy, openQuestions, TABS, type Tab } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import {
  askAgain,
  chooseTab,
  draft,
  draftProblem,
  foundHere,
  rows,
  tab,
  watchDraft,
} from "../../state/boundaries/draft";
import { watchUnderlays } from "../../state/boundaries/underlays";
import { tb } from "../../state/boundaries/words";
import { ChangesTab } from "./ChangesTab";
import { ConsequencesTab } from "./ConsequencesTab";
import { DossierTab } from "./DossierTab";
import { DraftFoot } from "./DraftFoot";
import { BackToList, DraftHead } from "./DraftHead";
import { FindingsTab } from "./FindingsTab";
import { JobLine } from "./JobLine";
import { QuestionsTab } from "./QuestionsTab";
import { Problem, Waiting } from "./Start";

export function DraftView({ id }: { readonly id: number }) {
  useEffect(() => {
    const stops = [watchDraft(id), watchUnderlays(id)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [id]);
  const shown = draft.value;
  if (!shown) {
    return (
      <>
        <header class="work-head">
          <BackToList />
        </header>
        {draftProblem.value ? <Problem text={draftProblem.value} onRetry={askAgain} /> : <Waiting />}
      </>
    );
  }
  return (
    <>
      <DraftHead draft={shown} />
      <JobLine draft={shown} />
      <Tabs draft={shown} />
      <div
        class="work-scroll"
        role="tabpanel"
        id="draft-panel"
        aria-labelledby={`tab-${tab.value}`}
        tabIndex={-1}
      >
        <Panel draft={shown} />
      </div>
      <DraftFoot draft={shown} />
    </>
  );
}

function Panel({ draft: shown }: { readonly draft: Draft }) {
  switch (tab.value) {
    case "questions":
      return <QuestionsTab draft={shown} />;
    case "findings":
      return <FindingsTab draft={shown} />;
    case "changes":
      return <ChangesTab draft={shown} />;
    case "consequences":
      return <ConsequencesTab draft={shown} />;
    case "dossier":
      return <DossierTab draft={shown} />;
  }
}

function countOf(wanted: Tab, shown: Draft): number {
  switch (wanted) {
    case "questions":
      return openQuestions(shown).length;
    case "findings":
      return foundHere.value.length;
    case "changes":
      return rows.value.length;
    case "consequences":
      return (shown.consequences ?? []).reduce((sum, one) => sum + feltBy(one), 0);
    case "dossier":
      return 0;
  }
}

function isUrgent(wanted: Tab, shown: Draft): boolean {
  if (wanted === "questions") return openQuestions(shown).length > 0;
  return wanted === "findings" && (shown.summary?.blocking ?? 0) > 0;
}

/** Arrow keys move between tabs, as everywhere. */
function Tabs({ draft: shown }: { readonly draft: Draft }) {
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab.value) + by + TABS.length) % TABS.length];
    if (!next) return;
    chooseTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="wtabs" role="tablist" aria-label={tb("tab.list")} onKeyDown={move}>
      {TABS.map((one) => {
        const count = countOf(one, shown);
        return (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            class="wtab"
            aria-selected={tab.value === one}
            aria-controls="draft-panel"
            tabIndex={tab.value === one ? 0 : -1}
            onClick={() => chooseTab(one)}
          >
            {tb(`tab.${one}`)}
            {count > 0 && <span class={isUrgent(one, shown) ? "wtab-n wtab-urgent" : "wtab-n"}>{count}</span>}
          </button>
        );
      })}
    </div>
  );
}
