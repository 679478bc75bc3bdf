// SPDX-License-Identifier: Apache-2.0
import type { Layer } from "../model/types";
import { layers, t, text } from "../state/store";
import { HexControl } from "./HexControl";
import { LayerRow } from "./LayerRow";
import { ValuesControl } from "./ValuesControl";

type Group = { readonly id: string; readonly title: string; readonly members: readonly Layer[] };

/** Groups in the order of their first layer. */
export function groupLayers(all: readonly Layer[]): readonly Group[] {
  const groups = new Map<string, Layer[]>();
  for (const layer of all) {
    const members = groups.get(layer.group.id) ?? [];
    members.push(layer);
    groups.set(layer.group.id, members);
  }
  return [...groups.values()].flatMap((members) => {
    const first = members[0];
    return first ? [{ id: first.group.id, title: text(first.group.title), members }] : [];
  });
}

export function LayerPanel() {
  return (
    <aside class="panel panel-left" aria-label={t("layers.title")}>
      <div class="panel-scroll">
        {groupLayers(layers.value).map((group) => (
          <section class="group" key={group.id}>
            <h2 class="group-title">{group.title}</h2>
            <ul class="group-list">
              {group.members.map((layer) => (
                <LayerRow key={layer.id} layer={layer} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <ValuesControl />
      <HexControl />
    </aside>
  );
}
