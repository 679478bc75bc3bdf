// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { isEditable } from "../../model/boundaries/draft";
import type { Draft } from "../../model/boundaries/types";
import { formatDate } from "../../model/format";
import { busy, change } from "../../state/boundaries/draft";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { TextField } from "./fields";
import { Section } from "./parts";

export function TargetSection({ draft }: { readonly draft: Draft }) {
  const open = useSignal(false);
  const { target } = draft;
  return (
    <Section
      title={tb("target.title")}
      action={
        isEditable(draft) &&
        !open.value && (
          <button
            type="button"
            class="button button-outline button-compact"
            onClick={() => {
              open.value = true;
            }}
          >
            {tb("target.edit")}
          </button>
        )
      }
    >
      {open.value ? (
        <Form
          draft={draft}
          onDone={() => {
            open.value = false;
          }}
        />
      ) : (
        <dl class="facts">
          <Fact name={tb("target.name")} value={text(target.title)} />
          <Fact name={tb("target.set")} value={target.set} />
          <Fact name={tb("target.from")} value={formatDate(target.valid_from)} />
          <Fact
            name={tb("target.to")}
            value={target.valid_to ? formatDate(target.valid_to) : tb("target.toNone")}
          />
          {draft.producer && <Fact name={tb("target.producer")} value={draft.producer} />}
          {target.attribution && <Fact name={tb("target.attribution")} value={text(target.attribution)} />}
          {target.licence && <Fact name={tb("target.licence")} value={target.licence} />}
          {target.approximate && <p class="hint">{tb("target.approximate")}</p>}
        </dl>
      )}
    </Section>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Form({ draft, onDone }: { readonly draft: Draft; readonly onDone: () => void }) {
  const { target } = draft;
  const from = useSignal(target.valid_from);
  const to = useSignal(target.valid_to ?? "");
  const producer = useSignal(draft.producer ?? "");
  const attribution = useSignal(target.attribution?.[lang.value] ?? "");
  const licence = useSignal(target.licence ?? "");
  const approximate = useSignal(target.approximate);
  // Better lines of a set that is in force change nothing of the law.
  const isLaw = draft.base?.set !== target.set;
  const save = async (event: Event) => {
    event.preventDefault();
    const words = attribution.value.trim();
    const done = await change({
      producer: producer.value.trim() || null,
      target: {
        ...(isLaw && { valid_from: from.value, valid_to: to.value || null }),
        approximate: approximate.value,
        attribution: words
          ? { vi: words, en: words, ...(target.attribution ?? {}), [lang.value]: words }
          : null,
        licence: licence.value.trim() || null,
      },
    });
    if (done) onDone();
  };
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      {isLaw && (
        <div class="form-pair">
          <TextField
            label={tb("target.from")}
            type="date"
            value={from.value}
            required
            onInput={(value) => {
              from.value = value;
            }}
          />
          <TextField
            label={tb("target.to")}
            type="date"
            value={to.value}
            onInput={(value) => {
              to.value = value;
            }}
          />
        </div>
      )}
      <TextField
        label={tb("target.producer")}
        value={producer.value}
        onInput={(value) => {
          producer.value = value;
        }}
      />
      <TextField
        label={tb("target.attribution")}
        value={attribution.value}
        onInput={(value) => {
          attribution.value = value;
        }}
      />
      <TextField
        label={tb("target.licence")}
        value={licence.value}
        onInput={(value) => {
          licence.value = value;
        }}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={approximate.value}
          onChange={(event) => {
            approximate.value = event.currentTarget.checked;
          }}
        />
        {tb("target.approximate")}
      </label>
      <div class="form-row">
        <button type="submit" class="button button-primary button-compact" disabled={busy.value}>
          {tb(busy.value ? "work.saving" : "work.save")}
        </button>
        <button type="button" class="button button-quiet" onClick={onDone}>
          {tb("work.cancel")}
        </button>
      </div>
    </form>
  );
}
