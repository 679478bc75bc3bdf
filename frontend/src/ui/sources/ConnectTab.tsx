// SPDX-License-Identifier: Apache-2.0
import { pushAddress } from "../../api/sources/sources";
import type { Source } from "../../model/sources/types";
import { door, tc } from "../../state/sources/words";
import { Code } from "./parts";
import { keyCommand, pullSample, pushExample } from "./samples";
import { Templates, WaysIn } from "./WaysIn";

export function ConnectTab({ source }: { readonly source: Source }) {
  const isPush = source.door === "push";
  return (
    <>
      <section class="src-section">
        <h4>{tc("connect.own")}</h4>
        <p>{isPush ? tc("connect.ownPush") : tc("connect.ownDoor", { door: door(source.door) })}</p>
        {isPush && (
          <>
            <Code label={tc("connect.address")}>{`POST ${pushAddress(source.id)}`}</Code>
            <p class="field-hint">{tc("connect.key", { command: keyCommand(source.id) })}</p>
            <p class="src-label">{tc("connect.example")}</p>
            <Code label={tc("connect.example")}>{pushExample(source.id)}</Code>
          </>
        )}
      </section>
      {isPush ? (
        <section class="src-section">
          <h4>{tc("connect.table")}</h4>
          <p class="field-hint">{tc("connect.tableText")}</p>
          <Templates layers={source.layers} />
        </section>
      ) : (
        <WaysIn
          id={source.id}
          layers={source.layers}
          sample={pullSample(source.id, source.system, source.layers[0] ?? "…")}
        />
      )}
    </>
  );
}
