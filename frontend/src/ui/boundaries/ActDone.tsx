// SPDX-License-Identifier: Apache-2.0

import { switchSet } from "../../state/actions";
import { publications } from "../../state/boundaries/lists";
import { type ActDialog as Asked, closeDialog, openDialog } from "../../state/boundaries/publishing";
import { tb } from "../../state/boundaries/words";
import { sets } from "../../state/store";
import { closeWorkspace } from "../../state/workspace";
import { Glyph } from "../glyphs";

/** Success, what it means, and the way back. */
export function ActDone({ asked }: { readonly asked: Asked }) {
  const isPublish = asked.what === "publish";
  const set = isPublish ? asked.draft.target.set : asked.publication.unit_set;
  const made = isPublish
    ? publications.value?.find((one) => one.draft === asked.draft.id && one.may.includes("roll_back"))
    : undefined;
  const toMap = () => {
    closeDialog();
    closeWorkspace();
    if (sets.value.some(({ id }) => id === set)) switchSet(set);
  };
  return (
    <div class="stack act-done" role="status">
      <p class="act-good">
        <Glyph name="check" size={22} />
        <strong>{tb(isPublish ? "publish.done" : "rollback.done")}</strong>
      </p>
      <p>{tb(isPublish ? "publish.doneHint" : "rollback.doneHint")}</p>
      <div class="form-row form-wrap">
        <button type="button" class="button button-primary" onClick={toMap}>
          {tb("publish.toMap")}
        </button>
        {made && (
          <button
            type="button"
            class="button button-danger"
            onClick={() => openDialog({ what: "rollback", publication: made })}
          >
            {tb("publish.undo")}
          </button>
        )}
        <button type="button" class="button button-quiet" onClick={closeDialog}>
          {tb("publish.back")}
        </button>
      </div>
    </div>
  );
}
