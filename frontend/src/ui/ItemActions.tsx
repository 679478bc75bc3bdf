// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { itemTitle } from "../model/item";
import type { Item, Layer } from "../model/types";
import { remove, startEditing } from "../state/editing";
import { lang, t } from "../state/store";
import { Dialog } from "./Dialog";
import { Glyph } from "./glyphs";

/** For readers who may edit: change or delete what the card shows. */
export function ItemActions({ layer, item }: { readonly layer: Layer; readonly item: Item }) {
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  if (!layer.editable) return null;
  return (
    <div class="item-actions">
      <button type="button" class="button button-outline" onClick={() => void startEditing(layer, item)}>
        <Glyph name="pencil" size={16} />
        {t("edit.edit")}
      </button>
      <button
        type="button"
        class="button button-danger"
        onClick={() => {
          asking.value = true;
        }}
      >
        <Glyph name="bin" size={16} />
        {t("edit.delete")}
      </button>
      {asking.value && (
        <Dialog
          title={t("edit.deleteAsk", { name: itemTitle(layer, item.properties, lang.value) })}
          onClose={close}
        >
          <div class="form">
            <p class="field-hint">{t("edit.deleteNote")}</p>
            <div class="edit-buttons">
              <button
                type="button"
                class="button button-danger"
                onClick={() => {
                  close();
                  void remove(layer, item);
                }}
              >
                {t("edit.delete")}
              </button>
              <button type="button" class="button button-outline" onClick={close}>
                {t("account.cancel")}
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}
