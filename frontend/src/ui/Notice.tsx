// SPDX-License-Identifier: Apache-2.0
import { t } from "../state/store";
import { Glyph } from "./glyphs";

type Props = { readonly title: string; readonly hint: string; readonly onRetry?: () => void };

/** Something went wrong: what, what it means, and the way out. */
export function Notice({ title, hint, onRetry }: Props) {
  return (
    <div class="notice" role="alert">
      <Glyph name="warning" size={28} />
      <h2>{title}</h2>
      <p>{hint}</p>
      {onRetry && (
        <button type="button" class="button button-primary" onClick={onRetry}>
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}
