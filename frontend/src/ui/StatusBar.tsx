// SPDX-License-Identifier: Apache-2.0
import type { StreamState } from "../live/stream";
import { formatClock, formatDate } from "../model/format";
import type { Lang } from "../model/types";
import { setLang, setTheme } from "../state/actions";
import { lang, lastEventAt, now, phase, site, streamState, t, theme } from "../state/store";
import { AccountMenu } from "./AccountMenu";
import { Glyph } from "./glyphs";

export function StatusBar() {
  return (
    <header class="bar">
      <div class="brand">
        <svg class="brand-mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <path d="M16 3.5 27 9.8v12.4L16 28.5 5 22.2V9.8z" />
          <circle cx="16" cy="16" r="4.6" />
        </svg>
        <h1>{t("app.name")}</h1>
        <p class="brand-subtitle">{t("app.subtitle")}</p>
      </div>
      {site.value?.demo && (
        <strong class="demo-badge" title={t("app.demoHint")}>
          {t("app.demo")}
        </strong>
      )}
      <div class="bar-space" />
      {phase.value === "ready" && <Connection />}
      <Clock />
      <LanguageSwitch />
      <ThemeSwitch />
      {phase.value === "ready" && <AccountMenu />}
    </header>
  );
}

const STATE_KEYS = {
  connecting: "live.connecting",
  live: "live.live",
  reconnecting: "live.reconnecting",
  lost: "live.lost",
} as const satisfies Readonly<Record<StreamState, string>>;

function Connection() {
  const state = streamState.value;
  const last = lastEventAt.value;
  const hint = last === null ? t("live.noEvent") : t("live.lastEvent", { time: formatClock(last) });
  return (
    <div class={`connection connection-${state}`} title={hint} role="status">
      <span class="connection-dot" aria-hidden="true" />
      <span>{t(STATE_KEYS[state])}</span>
      {last !== null && <time class="connection-time">{formatClock(last)}</time>}
    </div>
  );
}

function Clock() {
  const date = new Date(now.value);
  return (
    <div class="clock" title={t("bar.clock")}>
      <span class="clock-date">{formatDate(date)}</span>
      <time class="clock-time">{formatClock(date)}</time>
    </div>
  );
}

const LANGS: readonly { readonly id: Lang; readonly name: string }[] = [
  { id: "vi", name: "Tiếng Việt" },
  { id: "en", name: "English" },
];

function LanguageSwitch() {
  return (
    <fieldset class="segments segments-small" aria-label={t("bar.language")}>
      {LANGS.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          class="segment"
          lang={id}
          title={name}
          aria-label={name}
          aria-pressed={lang.value === id}
          onClick={() => setLang(id)}
        >
          {id.toUpperCase()}
        </button>
      ))}
    </fieldset>
  );
}

function ThemeSwitch() {
  const dark = theme.value === "dark";
  const label = t(dark ? "bar.themeToLight" : "bar.themeToDark");
  return (
    <button
      type="button"
      class="button button-icon"
      title={label}
      aria-label={label}
      onClick={() => setTheme(dark ? "light" : "dark")}
    >
      <Glyph name={dark ? "sun" : "moon"} />
    </button>
  );
}
