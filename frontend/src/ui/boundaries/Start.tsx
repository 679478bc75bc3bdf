// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  drafts,
  historyProblem,
  listProblem,
  mayEdit,
  OPEN_STATES,
  publications,
  refreshLists,
} from "../../state/boundaries/lists";
import { tb } from "../../state/boundaries/words";
import { closeWorkspace } from "../../state/workspace";
import { Glyph } from "../glyphs";
import { DraftItem } from "./DraftItem";
import { History } from "./History";
import { Section } from "./parts";
import { UploadZone } from "./UploadZone";

export function Start() {
  useEffect(refreshLists, []);
  return (
    <>
      <header class="work-head">
        <button type="button" class="work-back" onClick={closeWorkspace}>
          <Glyph name="back" size={16} />
          {tb("work.back")}
        </button>
        <h2>{tb("work.title")}</h2>
      </header>
      <div class="work-scroll">
        {mayEdit.value ? <UploadZone /> : <p class="work-note">{tb("start.readOnly")}</p>}
        {listProblem.value && <Problem text={listProblem.value} />}
        {mayEdit.value && <Drafts />}
        <Section title={tb("start.history")}>
          {publications.value && <History all={publications.value} />}
          {historyProblem.value && <Problem text={historyProblem.value} />}
          {!publications.value && !historyProblem.value && !listProblem.value && <Waiting />}
        </Section>
      </div>
    </>
  );
}

function Drafts() {
  const showAll = useSignal(false);
  const all = drafts.value;
  if (!all) return <Waiting />;
  if (all.length === 0) return <HowTo />;
  const open = all.filter(({ state }) => OPEN_STATES.has(state));
  const over = all.length - open.length;
  const shown = showAll.value ? all : open;
  return (
    <Section title={tb("start.drafts")}>
      {shown.length === 0 && <p class="hint">{tb("start.noDrafts")}</p>}
      <ul class="drafts">
        {shown.map((one) => (
          <DraftItem key={one.id} draft={one} />
        ))}
      </ul>
      {over > 0 && !showAll.value && (
        <button
          type="button"
          class="link"
          onClick={() => {
            showAll.value = true;
          }}
        >
          {tb("start.all", { n: over })}
        </button>
      )}
    </Section>
  );
}

function HowTo() {
  return (
    <Section title={tb("start.noDrafts")} hint={tb("start.how")}>
      <ol class="steps">
        {(["start.step1", "start.step2", "start.step3", "start.step4"] as const).map((key, nth) => (
          <li key={key}>
            <strong>{nth + 1}</strong>
            <span>{tb(key)}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

export function Problem({ text, onRetry = refreshLists }: { text: string; onRetry?: () => void }) {
  return (
    <div class="work-problem" role="alert">
      <Glyph name="warning" size={18} />
      <p>{text}</p>
      <button type="button" class="button button-outline" onClick={onRetry}>
        {tb("work.retry")}
      </button>
    </div>
  );
}

export function Waiting() {
  return (
    <div class="work-waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      {tb("work.loading")}
    </div>
  );
}
