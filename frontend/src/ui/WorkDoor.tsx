// SPDX-License-Identifier: Apache-2.0
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../state/store";
import { closeWorkspace } from "../state/workspace";
import { Notice } from "./Notice";

/** Few people work on these: their part of the page is fetched when it is opened, and then kept. */
const WORKS = {
  boundaries: {
    fetch: async () => (await import("./boundaries/Boundaries")).Boundaries,
    failed: "borders.failedHint",
  },
  sources: {
    fetch: async () => (await import("./sources/Sources")).Sources,
    failed: "sources.failedHint",
  },
} as const;
type Work = keyof typeof WORKS;

const loaded = signal<Partial<Record<Work, ComponentType>>>({});
const failed = signal(false);

async function load(work: Work): Promise<void> {
  failed.value = false;
  try {
    loaded.value = { ...loaded.value, [work]: await WORKS[work].fetch() };
  } catch {
    failed.value = true;
  }
}

export function WorkDoor({ work }: { readonly work: Work }) {
  useEffect(() => {
    if (!loaded.value[work]) void load(work);
  }, [work]);
  const Opened = loaded.value[work];
  if (Opened) return <Opened />;
  if (failed.value) {
    return (
      <div class="waiting">
        <Notice title={t("app.failed")} hint={t(WORKS[work].failed)} onRetry={() => void load(work)} />
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
