// SPDX-License-Identifier: Apache-2.0

import { feltBy } from "../../model/boundaries/draft";
import type { Consequence, Draft } from "../../model/boundaries/types";
import { formatNumber } from "../../model/format";
import { nameOf } from "../../state/boundaries/unitNames";
import { tb } from "../../state/boundaries/words";
import { lang, text } from "../../state/store";
import { Empty } from "./parts";

const MOVES = 6;
type Move = Consequence["moves"][number];

/** The layers that feel it, the most first. */
export function ConsequencesTab({ draft }: { readonly draft: Draft }) {
  const { consequences } = draft;
  if (!consequences) return <p class="work-note">{tb("draft.noResult")}</p>;
  const felt = consequences.filter((one) => feltBy(one) > 0).sort((a, b) => feltBy(b) - feltBy(a));
  const others = consequences.filter((one) => feltBy(one) === 0);
  return (
    <>
      {felt.length === 0 ? (
        <Empty glyph="check">{tb("consequence.none")}</Empty>
      ) : (
        <p class="work-note">{tb("consequence.hint")}</p>
      )}
      <table class="consequences">
        <thead>
          <tr>
            <th scope="col">{tb("consequence.layer")}</th>
            <th scope="col" class="num">
              {tb("consequence.total")}
            </th>
            <th scope="col" class="num">
              {tb("consequence.changed")}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...felt, ...others].map((one) => (
            <Row key={one.layer} one={one} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ one }: { readonly one: Consequence }) {
  const n = feltBy(one);
  const share = one.total > 0 ? n / one.total : 0;
  const place = (code: string | null, name: string | null | undefined, side: "before" | "after") =>
    code === null ? tb("consequence.nowhere") : (name ?? nameOf(code, side));
  // Two generations have units of one name.
  const ends = (move: Move) => {
    const from = place(move.from, move.from_name, "before");
    const to = place(move.to, move.to_name, "after");
    return from === to
      ? { from: `${from} (${move.from ?? ""})`, to: `${to} (${move.to ?? ""})` }
      : { from, to };
  };
  const moves = [...one.moves].sort((a, b) => b.features - a.features);
  return (
    <>
      <tr class={n > 0 ? "felt" : "unfelt"} data-layer={one.layer}>
        <th scope="row">{text(one.title)}</th>
        <td class="num">{formatNumber(one.total, lang.value)}</td>
        <td class="num">
          <strong>{formatNumber(n, lang.value)}</strong>
          {n > 0 && <small> {formatNumber(share * 100, lang.value, share < 0.1 ? 1 : 0)} %</small>}
        </td>
      </tr>
      {moves.length > 0 && (
        <tr class="moves-row">
          <td colSpan={3}>
            <ul class="moves">
              {moves.slice(0, MOVES).map((move) => (
                <li key={`${move.from}/${move.to}`}>
                  <span>{tb("consequence.move", ends(move))}</span>
                  <span class="num">{formatNumber(move.features, lang.value)}</span>
                </li>
              ))}
              {moves.length > MOVES && (
                <li class="hint">{tb("consequence.more", { n: moves.length - MOVES })}</li>
              )}
            </ul>
          </td>
        </tr>
      )}
    </>
  );
}
