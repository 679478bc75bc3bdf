// SPDX-License-Identifier: Apache-2.0
/** Keeps the address bar and the stored preferences in step with the signals. */

import { effect } from "@preact/signals";
import { decodePermalink, encodePermalink, type Permalink } from "../model/permalink";
import type { Lang, Theme } from "../model/types";
import {
  activeSetId,
  hexLayerId,
  lang,
  phase,
  selection,
  theme,
  valuesLayerId,
  view,
  visible,
} from "./store";
import { encodeWorkspace, workspace } from "./workspace";

const LANG_KEY = "toancanh.lang";
const THEME_KEY = "toancanh.theme";

/** A browser may refuse storage; the console then simply forgets. */
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows and locked-down kiosks: nothing to do about it.
  }
}

/** Link first, then what this browser remembers, then Vietnamese and dark. */
export function readPreferences(link: Permalink): { lang: Lang; theme: Theme } {
  const rememberedLang = stored(LANG_KEY);
  const rememberedTheme = stored(THEME_KEY);
  return {
    lang: link.lang ?? (rememberedLang === "en" ? "en" : "vi"),
    theme: link.theme ?? (rememberedTheme === "light" ? "light" : "dark"),
  };
}

export function currentLink(): Permalink {
  const work = encodeWorkspace(workspace.value);
  return {
    ...(view.value && { view: view.value }),
    ...(activeSetId.value && { set: activeSetId.value }),
    layers: [...visible.value],
    ...(hexLayerId.value && { hex: hexLayerId.value }),
    ...(valuesLayerId.value && { values: valuesLayerId.value }),
    ...(work && { work }),
    ...(selection.value && { selection: selection.value }),
    lang: lang.value,
    theme: theme.value,
  };
}

export function keepUrl(onLink: (link: Permalink) => void): () => void {
  const stopWriting = effect(() => {
    document.documentElement.lang = lang.value;
    document.documentElement.dataset.theme = theme.value;
    store(LANG_KEY, lang.value);
    store(THEME_KEY, theme.value);
    if (phase.value !== "ready") return;
    const hash = encodePermalink(currentLink());
    if (hash !== location.hash) history.replaceState(null, "", hash);
  });
  const onHash = () => onLink(decodePermalink(location.hash));
  addEventListener("hashchange", onHash);
  return () => {
    stopWriting();
    removeEventListener("hashchange", onHash);
  };
}
