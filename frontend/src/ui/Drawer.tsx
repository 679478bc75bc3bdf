// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { closeDrawer } from "../state/drawer";
import { t } from "../state/store";
import { Glyph } from "./glyphs";

type Props = {
  readonly title: string;
  readonly note?: string;
  readonly onClose?: () => void;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
};

/** Beside the map, not over the page: the map stays usable while it is open. */
export function Drawer({ title, note, tools, children, onClose = closeDrawer }: Props) {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    root.current?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <section
      class="drawer"
      aria-label={title}
      ref={root}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header class="drawer-head">
        <div class="drawer-heading">
          <h2>{title}</h2>
          {note && <p>{note}</p>}
        </div>
        {tools}
        <button
          type="button"
          class="button button-icon"
          aria-label={t("card.close")}
          title={`${t("card.close")} (Esc)`}
          onClick={onClose}
        >
          <Glyph name="close" />
        </button>
      </header>
      {children}
    </section>
  );
}
