// SPDX-License-Identifier: Apache-2.0
import "./styles/work.css";
import "./styles/parts.css";
import "./styles/start.css";
import "./styles/history.css";
import "./styles/draft.css";
import "./styles/findings.css";
import "./styles/review.css";
import "./styles/stage.css";
import "./styles/dossier.css";
import "./styles/act.css";
import { useEffect } from "preact/hooks";
import { account } from "../../state/account";
import { watchLists } from "../../state/boundaries/lists";
import { closeDialog, dialog } from "../../state/boundaries/publishing";
import { forgetReview } from "../../state/boundaries/review";
import { forgetUnits } from "../../state/boundaries/unitNames";
import { stopUpload } from "../../state/boundaries/upload";
import { tb } from "../../state/boundaries/words";
import { workspace } from "../../state/workspace";
import { ActDialog } from "./ActDialog";
import { DraftView } from "./DraftView";
import { ReviewView } from "./ReviewView";
import { Start } from "./Start";

/** The workspace has the page for itself; the console comes back as it was when this is closed. */
export function Boundaries() {
  const open = workspace.value;
  useEffect(
    () => () => {
      stopUpload();
      closeDialog();
      forgetUnits();
    },
    [],
  );
  const where = open?.view === "draft" ? open.draft : null;
  useEffect(() => forgetReview, [where]);
  // Another person may list other things.
  const who = account.value?.name ?? "";
  useEffect(() => watchLists(), [who]);
  if (!open) return null;
  return (
    <>
      <section class="work" aria-label={tb("work.title")}>
        {open.view === "draft" ? <DraftView key={open.draft} id={open.draft} /> : <Start />}
      </section>
      <main class="stage work-stage">
        <ReviewView />
      </main>
      {dialog.value && <ActDialog asked={dialog.value} />}
    </>
  );
}
