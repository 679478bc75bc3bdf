// SPDX-License-Identifier: Apache-2.0
import { chartPoints, linePath, niceRange } from "../model/chart";
import { formatNumber } from "../model/format";
import { lang } from "../state/store";

const FRAME = { width: 296, height: 96, pad: 10 } as const;

export type Mark = { readonly label: string; readonly value: number | null; readonly open?: boolean };
type Props = { readonly title: string; readonly marks: readonly Mark[]; readonly unit: string };

/** A line with a mark a value; estimated ones are open. Each mark says its number to the pointer. */
export function Chart({ title, marks, unit }: Props) {
  const values = marks.map(({ value }) => value);
  const points = chartPoints(values, FRAME);
  const [low, high] = niceRange(values.filter((value) => value !== null));
  const number = (value: number) => formatNumber(value, lang.value, 2);
  const many = marks.length > 30;
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={title}>
        <path
          class="chart-grid"
          d={`M0 ${FRAME.pad}H${FRAME.width}M0 ${FRAME.height - FRAME.pad}H${FRAME.width}`}
        />
        <path class="chart-line" d={linePath(points)} />
        {points.map((point, nth) => {
          const mark = marks[nth];
          if (!point || !mark) return null;
          return (
            <g key={mark.label}>
              {!many && (
                <circle
                  class={mark.open ? "chart-mark chart-open" : "chart-mark"}
                  cx={point.x}
                  cy={point.y}
                  r={3.5}
                />
              )}
              <circle class="chart-hit" cx={point.x} cy={point.y} r={many ? 4 : 10}>
                <title>{`${mark.label}: ${number(mark.value ?? 0)} ${unit}`}</title>
              </circle>
            </g>
          );
        })}
        <text class="chart-scale" x={FRAME.width} y={FRAME.pad - 2} text-anchor="end">
          {number(high)}
        </text>
        <text class="chart-scale" x={FRAME.width} y={FRAME.height - FRAME.pad - 2} text-anchor="end">
          {number(low)}
        </text>
      </svg>
      <figcaption class="chart-ends">
        <span>{marks[0]?.label}</span>
        {marks.length > 1 && <span>{marks.at(-1)?.label}</span>}
      </figcaption>
    </figure>
  );
}
