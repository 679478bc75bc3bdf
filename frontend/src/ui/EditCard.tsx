// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { itemTitle } from "../model/item";
import type { Layer } from "../model/types";
import { type Draft, update } from "../state/draft";
import { cancelEditing, faultsOf, overwrite, save, takeTheirs } from "../state/editing";
import { lang, t, text } from "../state/store";
import { FieldInput } from "./FieldInput";
import { LayerChip } from "./glyphs";
import { PlaceInput } from "./PlaceInput";
import { FormProblem } from "./SignIn";

type Props = { readonly layer: Layer; readonly draft: Draft };

/** The form that the layer's manifest asks for; the place is set on the map or in figures. */
export function EditCard({ layer, draft }: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
  const faults = faultsOf(layer, draft);
  const title = draft.item
    ? t("edit.titleEdit", { title: itemTitle(layer, draft.item.properties, lang.value) })
    : t("edit.titleAdd", { title: text(layer.title) });
  return (
    <section class="card card-edit" aria-label={title}>
      <header class="card-head">
        <div class="card-heading">
          <p class="card-kicker">
            <LayerChip icon={layer.icon} color={layer.color} small />
            {text(layer.title)}
          </p>
          <h2>{title}</h2>
        </div>
      </header>
      <form
        class="edit"
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="edit-fields">
          {layer.geometry === "Point" && <PlaceInput draft={draft} />}
          {layer.time && !draft.item && (
            <label class="field">
              <span class="field-label">{t("edit.time")}</span>
              <input
                class="input"
                type="datetime-local"
                value={draft.time}
                onInput={(event) => update({ time: event.currentTarget.value })}
              />
            </label>
          )}
          {layer.fields.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              rule={draft.rules[field.name]}
              value={draft.texts[field.name] ?? ""}
              fault={draft.checked ? (faults.get(field.name) ?? null) : null}
              onChange={(value) => update({ texts: { ...draft.texts, [field.name]: value } })}
            />
          ))}
        </div>
        <div class="edit-foot">
          {draft.conflict && <Conflict />}
          <FormProblem text={draft.problem} />
          <div class="edit-buttons">
            <button type="submit" class="button button-primary" disabled={draft.busy}>
              {t(draft.busy ? "edit.saving" : "edit.save")}
            </button>
            <button type="button" class="button button-outline" onClick={cancelEditing}>
              {t("account.cancel")}
            </button>
          </div>
        </div>
      </form>
    </section>
  );
}

function Conflict() {
  return (
    <div class="form-problem" role="alert">
      <p>{t("edit.conflict")}</p>
      <div class="edit-conflict">
        <button type="button" class="link" onClick={() => void takeTheirs()}>
          {t("edit.reload")}
        </button>
        <button type="button" class="link" onClick={() => void overwrite()}>
          {t("edit.overwrite")}
        </button>
      </div>
    </div>
  );
}
