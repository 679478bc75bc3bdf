// SPDX-License-Identifier: Apache-2.0
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Glyph } from "./glyphs";

type Props = {
  readonly title: string;
  readonly choose: string;
  readonly kinds: string;
  /** As the attribute of a file input. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
};

/** One file, dropped here or chosen; the same file may be given again. */
export function DropZone({ title, choose, kinds, accept, onFile }: Props) {
  const id = useId();
  const over = useSignal(false);
  const take = (file: File | undefined) => {
    if (file) onFile(file);
  };
  return (
    <label
      for={id}
      class={over.value ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        take(event.dataTransfer?.files[0]);
      }}
    >
      <Glyph name="upload" size={28} />
      <span>
        {title} <span class="link">{choose}</span>
      </span>
      <small>{kinds}</small>
      <input
        id={id}
        type="file"
        class="visually-hidden"
        accept={accept}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
