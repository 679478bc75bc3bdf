// SPDX-License-Identifier: Apache-2.0
import { t } from "../state/store";
import { hush, toast } from "../state/toast";
import { Glyph } from "./glyphs";

export function ToastLine() {
  const shown = toast.value;
  const action = shown?.action;
  return (
    <div class="toast-place" role="status">
      {shown && (
        <div class={`toast toast-${shown.tone ?? "good"}`}>
          <Glyph name={shown.tone === "bad" ? "warning" : "check"} size={16} />
          <span>{shown.text}</span>
          {action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                hush();
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="toast-close" aria-label={t("card.close")} onClick={hush}>
            <Glyph name="close" size={14} />
          </button>
        </div>
      )}
    </div>
  );
}
