// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Layer } from "../model/types";
import { account } from "../state/account";
import { startAdding } from "../state/editing";
import { openImport } from "../state/importing";
import { t, text } from "../state/store";
import { Glyph } from "./glyphs";

/** What a reader who may edit this layer can do with it. */
export function LayerMenu({ layer }: { readonly layer: Layer }) {
  const open = useSignal(false);
  const root = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [open]);
  const label = t("menu.of", { title: text(layer.title) });
  const run = (action: () => void) => () => {
    open.value = false;
    action();
  };
  return (
    <details
      class="layer-menu"
      ref={root}
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        root.current?.querySelector("summary")?.focus();
      }}
    >
      <summary aria-label={label} title={label}>
        <Glyph name="more" size={16} />
      </summary>
      {open.value && (
        <div class="layer-menu-items">
          {layer.geometry === "Point" && (
            <button type="button" class="menu-item" onClick={run(() => void startAdding(layer))}>
              <Glyph name="plus" size={16} />
              {t("menu.add")}
            </button>
          )}
          {/* Whoever sees one area only edits single features, not whole tables. */}
          {account.value?.area === null && (
            <button type="button" class="menu-item" onClick={run(() => openImport(layer.id))}>
              <Glyph name="upload" size={16} />
              {t("menu.import")}
            </button>
          )}
        </div>
      )}
    </details>
  );
}
