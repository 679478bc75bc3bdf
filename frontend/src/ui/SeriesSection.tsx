// SPDX-License-Identifier: Apache-2.0
import { series } from "../state/series";
import { t } from "../state/store";
import { CardSection } from "./Card";
import { Chart } from "./Chart";

export function SeriesSection({ title }: { readonly title: string }) {
  if (series.value.length === 0) return null;
  return (
    <CardSection title={title}>
      {series.value.map(({ key, title: name, unit, marks }) => (
        <div key={key} class="series">
          <p>
            {name} {unit && <small>({unit})</small>}
          </p>
          <Chart title={t("values.seriesOf", { title: name, unit })} marks={marks} unit={unit} />
        </div>
      ))}
    </CardSection>
  );
}
