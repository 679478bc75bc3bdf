// SPDX-License-Identifier: Apache-2.0
import { formatClock } from "../../model/format";
import { lastHour } from "../../model/sources/bars";
import type { Minute } from "../../model/sources/types";
import { number, tc } from "../../state/sources/words";
import { now } from "../../state/store";

const WIDTH = 600;
const HEIGHT = 96;

/** A bar a minute: what was taken from the ground up, what was refused on top of it. */
export function HourChart({ minutes }: { readonly minutes: readonly Minute[] }) {
  // Once a minute is often enough: a bar a second would redraw the same picture.
  const { bars, most, empty } = lastHour(minutes, Math.floor(now.value / 60_000) * 60_000);
  if (empty) return <p class="src-dim src-hour-empty">{tc("detail.hourEmpty")}</p>;
  const step = WIDTH / bars.length;
  return (
    <figure class="src-hour">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={tc("detail.hour")}
      >
        <path class="src-hour-ground" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        {bars.map(({ at, low, high, accepted, rejected }, nth) => {
          const x = nth * step + 1;
          const taken = low * (HEIGHT - 4);
          const all = high * (HEIGHT - 4);
          return (
            <g key={at}>
              <rect class="src-hour-hit" x={nth * step} y={0} width={step} height={HEIGHT}>
                <title>
                  {tc("detail.bar", {
                    time: formatClock(at).slice(0, 5),
                    accepted: number(accepted),
                    rejected: number(rejected),
                  })}
                </title>
              </rect>
              {taken > 0 && (
                <rect class="src-hour-taken" x={x} y={HEIGHT - taken} width={step - 2} height={taken} />
              )}
              {all > taken && (
                <rect class="src-hour-refused" x={x} y={HEIGHT - all} width={step - 2} height={all - taken} />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{tc("detail.ago")}</span>
        <span class="src-hour-key">
          <i class="src-key-taken" /> {tc("detail.accepted")} <i class="src-key-refused" />{" "}
          {tc("detail.rejected")} <small>{tc("detail.most", { n: number(most) })}</small>
        </span>
        <span>{tc("detail.just")}</span>
      </figcaption>
    </figure>
  );
}
