// SPDX-License-Identifier: Apache-2.0
import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { UploadTo } from "../../api/boundaries/drafts";
import { drafts } from "../../state/boundaries/lists";
import { tb } from "../../state/boundaries/words";
import { sets, text } from "../../state/store";
import { TextField } from "./fields";

export type Options = {
  readonly base: string | null;
  readonly producer: string;
  readonly isNew: boolean;
  readonly set: string;
  readonly titleVi: string;
  readonly titleEn: string;
  readonly from: string;
};

export const EMPTY_OPTIONS: Options = {
  base: null,
  producer: "",
  isNew: false,
  set: "",
  titleVi: "",
  titleEn: "",
  from: "",
};

const SET_ID = /^[a-z0-9][a-z0-9-]{1,39}$/;

/** A file may be dropped before the options are complete: then they say so. */
export function optionsProblem({ isNew, set, titleVi, from }: Options): string | null {
  if (!isNew) return null;
  if (!SET_ID.test(set)) return tb("drop.newIdBad");
  if (!titleVi.trim()) return tb("drop.newTitleNeeded");
  return from ? null : tb("drop.newFromNeeded");
}

export function uploadTo({ base, producer, isNew, set, titleVi, titleEn, from }: Options): UploadTo {
  const title_vi = titleVi.trim();
  return {
    base,
    producer: producer.trim() || null,
    title: null,
    target: isNew ? { set, valid_from: from, title_vi, title_en: titleEn.trim() || title_vi } : null,
  };
}

export function UploadOptions({ options }: { readonly options: Signal<Options> }) {
  const id = useId();
  const now = options.value;
  const set = (part: Partial<Options>) => {
    options.value = { ...options.value, ...part };
  };
  const producers = [...new Set((drafts.value ?? []).flatMap(({ producer }) => producer ?? []))];
  const base = sets.value.find((one) => one.id === now.base);
  return (
    <details class="upload-options">
      <summary>
        {tb("drop.options")}
        {base && <small>{text(base.title)}</small>}
      </summary>
      <div class="upload-form">
        {sets.value.length > 0 && (
          <div class="field">
            <label for={`${id}b`}>{tb("drop.base")}</label>
            <select
              id={`${id}b`}
              class="input"
              value={now.base ?? ""}
              onChange={(event) => set({ base: event.currentTarget.value })}
            >
              {sets.value.map((one) => (
                <option key={one.id} value={one.id}>
                  {text(one.title)}
                </option>
              ))}
            </select>
          </div>
        )}
        <TextField
          label={tb("drop.producer")}
          hint={tb("drop.producerHint")}
          value={now.producer}
          suggestions={producers}
          onInput={(producer) => set({ producer })}
        />
        <fieldset class="upload-purpose">
          <legend>{tb("drop.purpose")}</legend>
          {([false, true] as const).map((isNew) => (
            <label key={String(isNew)}>
              <input
                type="radio"
                name={`${id}p`}
                checked={now.isNew === isNew}
                onChange={() => set({ isNew })}
              />
              {tb(isNew ? "drop.new" : "drop.same")}
            </label>
          ))}
        </fieldset>
        {now.isNew && (
          <div class="upload-new">
            <TextField
              label={tb("drop.newId")}
              required
              hint={tb("drop.newIdHint")}
              value={now.set}
              onInput={(value) => set({ set: value.trim() })}
            />
            <TextField
              label={tb("drop.newTitle")}
              required
              value={now.titleVi}
              onInput={(titleVi) => set({ titleVi })}
            />
            <TextField
              label={tb("drop.newTitleEn")}
              value={now.titleEn}
              onInput={(titleEn) => set({ titleEn })}
            />
            <TextField
              label={tb("drop.newFrom")}
              required
              type="date"
              value={now.from}
              onInput={(from) => set({ from })}
            />
          </div>
        )}
      </div>
    </details>
  );
}
