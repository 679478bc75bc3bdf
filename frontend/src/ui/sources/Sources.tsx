// SPDX-License-Identifier: Apache-2.0
import "./styles/page.css";
import "./styles/table.css";
import "./styles/detail.css";
import "./styles/facts.css";
import "./styles/letters.css";
import { useEffect, useRef } from "preact/hooks";
import { FILTERS } from "../../model/sources/trouble";
import { counts, filter, opened, search, watchDetail } from "../../state/sources/page";
import { isStaff, refreshSources, sourceList, sourcesProblem } from "../../state/sources/watch";
import { number, tc } from "../../state/sources/words";
import { t } from "../../state/store";
import { closeWorkspace } from "../../state/workspace";
import { Glyph } from "../glyphs";
import { SourceDetailPane } from "./SourceDetailPane";
import { SourceTable } from "./SourceTable";
import { SystemPane } from "./SystemPane";

/** The connected systems have the page for themselves; the console comes back as it was when this is closed. */
export function Sources() {
  useEffect(() => watchDetail(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, dialog");
      if (event.key === "Escape" && !typing) closeWorkspace();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const shown = opened.value;
  return (
    <section class="src" aria-label={tc("page.title")}>
      <div class="src-main">
        <header class="src-head">
          <button type="button" class="src-back" onClick={closeWorkspace}>
            <Glyph name="back" size={16} />
            {tc("page.back")}
          </button>
          <h2>{tc("page.title")}</h2>
        </header>
        <Body />
      </div>
      <aside class="src-aside">
        {shown?.kind === "source" && (
          <SourceDetailPane key={shown.source.id} source={shown.source} system={shown.system} />
        )}
        {shown?.kind === "system" && <SystemPane key={shown.system.id} system={shown.system} />}
      </aside>
    </section>
  );
}

function Body() {
  if (!isStaff.value) return <Problem text={t("problem.not_allowed")} />;
  if (!sourceList.value) {
    if (sourcesProblem.value) return <Problem text={sourcesProblem.value} onRetry={refreshSources} />;
    return (
      <div class="src-waiting" role="status">
        <span class="spinner" aria-hidden="true" />
        {tc("page.loading")}
      </div>
    );
  }
  return (
    <>
      {sourcesProblem.value && <Problem text={sourcesProblem.value} onRetry={refreshSources} />}
      <Faults />
      <Tools />
      <SourceTable />
    </>
  );
}

/** A file that is wrong hides no other, but its system stays silent: that must be seen. */
function Faults() {
  const faults = sourceList.value?.faults ?? [];
  if (faults.length === 0) return null;
  return (
    <details class="src-problem src-faults">
      <summary>
        <Glyph name="warning" size={18} />
        {tc("page.faults", { n: number(faults.length) })}
        <Glyph name="chevron" size={14} />
      </summary>
      <ul>
        {faults.map(({ file, reason }) => (
          <li key={file}>
            <strong>{file}</strong> {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Tools() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div class="src-tools">
      <fieldset class="src-filter" aria-label={tc("page.filter")}>
        {FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            class={one === "trouble" && counts.value.trouble > 0 ? "src-chip src-chip-alarm" : "src-chip"}
            aria-pressed={filter.value === one}
            onClick={() => {
              filter.value = one;
            }}
          >
            {tc(`filter.${one}`)} <strong>{number(counts.value[one])}</strong>
          </button>
        ))}
      </fieldset>
      <label class="src-search">
        <Glyph name="search" size={16} />
        <span class="visually-hidden">{tc("page.search")}</span>
        <input
          ref={field}
          type="search"
          class="input"
          placeholder={tc("page.search")}
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
          }}
        />
      </label>
    </div>
  );
}

function Problem({ text, onRetry }: { readonly text: string; readonly onRetry?: () => void }) {
  return (
    <div class="src-problem" role="alert">
      <Glyph name="warning" size={18} />
      <p>{text}</p>
      {onRetry && (
        <button type="button" class="button button-outline" onClick={onRetry}>
          {tc("page.retry")}
        </button>
      )}
    </div>
  );
}
