// SPDX-License-Identifier: Apache-2.0
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../state/store";
import { closeWorkspace } from "../state/workspace";
import { Notice } from "./Notice";

const loaded = signal<ComponentType | null>(null);
const failed = signal(false);

/** Few people work on boundaries: their part of the page is fetched when it is opened, and then kept. */
async function load(): Promise<void> {
  failed.value = false;
  try {
    loaded.value = (await import("./boundaries/Boundaries")).Boundaries;
  } catch {
    failed.value = true;
  }
}

export function BoundariesDoor() {
  useEffect(() => {
    if (!loaded.value) void load();
  }, []);
  const Boundaries = loaded.value;
  if (Boundaries) return <Boundaries />;
  if (failed.value) {
    return (
      <div class="waiting">
        <Notice title={t("app.failed")} hint={t("borders.failedHint")} onRetry={() => void load()} />
        <button type="button" class="button button-quiet" onClick={closeWorkspace}>
          {t("card.close")}
        </button>
      </div>
    );
  }
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <p>{t("card.loading")}</p>
    </div>
  );
}
