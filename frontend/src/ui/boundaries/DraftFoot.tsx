// SPDX-License-Identifier: Apache-2.0
import { obstacles, REMOVED_IN } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { busy, checkAgain, chooseTab, tab } from "../../state/boundaries/draft";
import { publications } from "../../state/boundaries/lists";
import { openDialog } from "../../state/boundaries/publishing";
import { tb } from "../../state/boundaries/words";
import { Glyph } from "../glyphs";

/** Always in sight: whether it can be published, and if not, what is missing first. */
export function DraftFoot({ draft }: { readonly draft: Draft }) {
  if (draft.state === "published") return <PublishedFoot draft={draft} />;
  if (draft.state === "withdrawn") return null;
  const [first] = obstacles(draft);
  const words = first ? tb(`obstacle.${first}`, { n: draft.summary?.blocking ?? 0 }) : tb("obstacle.ready");
  const there = first && REMOVED_IN[first];
  return (
    <footer class="work-foot">
      <p class={first ? "work-foot-words" : "work-foot-words work-foot-ready"}>
        <Glyph name={first ? "info" : "check"} size={16} />
        {there && there !== tab.value ? (
          <button
            type="button"
            class="link work-foot-link"
            title={tb("obstacle.go", { tab: tb(`tab.${there}`) })}
            onClick={() => chooseTab(there)}
          >
            {words}
          </button>
        ) : (
          words
        )}
      </p>
      {first === "moved" && (
        <button
          type="button"
          class="button button-outline"
          disabled={busy.value}
          onClick={() => void checkAgain()}
        >
          {tb("job.again")}
        </button>
      )}
      <button
        type="button"
        class="button button-primary"
        disabled={first !== undefined}
        onClick={() => openDialog({ what: "publish", draft })}
      >
        {tb("publish.button")}
      </button>
    </footer>
  );
}

function PublishedFoot({ draft }: { readonly draft: Draft }) {
  const publication = publications.value?.find(({ id }) => id === draft.publication);
  return (
    <footer class="work-foot">
      <p class="work-foot-words work-foot-ready">
        <Glyph name="check" size={16} />
        {tb("state.published")}
      </p>
      {publication?.may.includes("roll_back") && (
        <button
          type="button"
          class="button button-danger"
          onClick={() => openDialog({ what: "rollback", publication })}
        >
          {tb("rollback.button")}
        </button>
      )}
    </footer>
  );
}
