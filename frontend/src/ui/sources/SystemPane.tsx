// SPDX-License-Identifier: Apache-2.0
import type { System } from "../../model/sources/types";
import { tc } from "../../state/sources/words";
import { text } from "../../state/store";
import { LayerNames } from "./parts";
import { pullSample, sourceIdFor } from "./samples";
import { WaysIn } from "./WaysIn";

/** A system that nobody has connected yet: how it is done. */
export function SystemPane({ system }: { readonly system: System }) {
  const id = sourceIdFor(system.id);
  return (
    <>
      <header class="src-detail-head">
        <div class="src-detail-words">
          <p class="src-kicker">{tc("row.unconnected")}</p>
          <h3>{text(system.title)}</h3>
        </div>
      </header>
      <div class="src-detail-body">
        <section class="src-section">
          <h4>{tc("connect.layers")}</h4>
          {system.layers.length ? <LayerNames layers={system.layers} /> : <p>{tc("connect.noLayers")}</p>}
        </section>
        <WaysIn id={id} layers={system.layers} sample={pullSample(id, system.id, system.layers[0] ?? "…")} />
      </div>
    </>
  );
}
