// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { isEditable } from "../../model/boundaries/draft";
import { particulars } from "../../model/boundaries/findingWords";
import { formatMeasure } from "../../model/boundaries/measure";
import { isWaivable } from "../../model/boundaries/review";
import type { Draft, Finding } from "../../model/boundaries/types";
import { formatDateTime } from "../../model/format";
import type { Text } from "../../model/types";
import { busy, waive } from "../../state/boundaries/draft";
import { focus, goTo } from "../../state/boundaries/review";
import { nameOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { lang } from "../../state/store";
import { WaiverForm } from "./WaiverForm";

const NAMED = 4;

type Props = {
  readonly finding: Finding;
  /** What the heading of its group says already. */
  readonly common: Text;
  readonly hasPlace: boolean;
  readonly draft: Draft;
};

/** Click: the map goes there. Picked on the map: the row comes into view. */
export function FindingRow({ finding, common, hasPlace, draft }: Props) {
  const row = useRef<HTMLLIElement>(null);
  const isPicked = focus.value?.kind === "finding" && focus.value.number === finding.number;
  useEffect(() => {
    if (isPicked) row.current?.scrollIntoView({ block: "nearest" });
  }, [isPicked]);
  const words = <Words finding={finding} common={common} hasPlace={hasPlace} />;
  return (
    <li
      class={isPicked ? "finding finding-picked" : "finding"}
      ref={row}
      data-finding={finding.number}
      data-code={finding.code}
    >
      {hasPlace ? (
        <button
          type="button"
          class="finding-words finding-link"
          onClick={() => goTo({ kind: "finding", number: finding.number })}
        >
          {words}
        </button>
      ) : (
        <div class="finding-words">{words}</div>
      )}
      <WaiverPart finding={finding} draft={draft} />
    </li>
  );
}

function unitWords(units: readonly string[]): string {
  const named = units.slice(0, NAMED).map((code) => {
    const name = nameOf(code);
    return name === code ? code : `${name} (${code})`;
  });
  const more = units.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` ${tb("finding.more", { n: more })}` : ""}`;
}

function Words({ finding, common, hasPlace }: Omit<Props, "draft">) {
  const { measure, measure_unit: unit, threshold, units } = finding;
  const size = measure !== null && unit ? formatMeasure(measure, unit, lang.value) : null;
  const said = particulars(finding, common, lang.value);
  // The unit is named above it.
  const rest = units.some((code) => said === `${code} ${nameOf(code)}`) ? "" : said;
  const isBare = !rest && !size && units.length === 0;
  const words = isBare && hasPlace ? tb("finding.place") : rest;
  return (
    <>
      {units.length > 0 && <span class="finding-text">{unitWords(units)}</span>}
      <span class="finding-facts">
        {size && (
          <strong>
            {size}
            {unit && threshold !== null && threshold > 0 && (
              <small>
                {" "}
                ({tb("finding.threshold", { value: formatMeasure(threshold, unit, lang.value) })})
              </small>
            )}
          </strong>
        )}
        {words && <span>{words}</span>}
        {finding.blocking && <span class="finding-blocks">{tb("finding.blocks")}</span>}
      </span>
    </>
  );
}

function WaiverPart({ finding, draft }: { readonly finding: Finding; readonly draft: Draft }) {
  const { waiver } = finding;
  if (waiver) {
    return (
      <div class="waiver">
        <p>
          {tb("finding.waived", { why: waiver.why })}{" "}
          <small>{tb("finding.waivedBy", { by: waiver.by, at: formatDateTime(waiver.at) })}</small>
        </p>
        {isEditable(draft) && (
          <button
            type="button"
            class="link"
            disabled={busy.value}
            onClick={() => void waive(finding.number, null)}
          >
            {tb("finding.unwaive")}
          </button>
        )}
      </div>
    );
  }
  if (!isWaivable(finding) || !isEditable(draft)) return null;
  return (
    <WaiverForm
      open={tb("finding.waive")}
      save={tb("finding.waiveSave")}
      onSave={(why) => waive(finding.number, why)}
    />
  );
}
