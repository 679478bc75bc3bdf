// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { formatClock, formatDateTime } from "../../model/format";
import { adviceFor, adviceOf } from "../../model/sources/advice";
import type { Source } from "../../model/sources/types";
import { detail, tab } from "../../state/sources/page";
import { ago, door, number, span, tc } from "../../state/sources/words";
import { openQueue } from "../../state/unlocated";
import { Glyph } from "../glyphs";
import { HourChart } from "./HourChart";
import { LayerNames } from "./parts";

export function NowTab({ source }: { readonly source: Source }) {
  const known = detail.value?.id === source.id ? detail.value : null;
  return (
    <>
      <Trouble source={source} />
      <section class="src-section">
        <h4>{tc("detail.hour")}</h4>
        {known ? (
          <HourChart minutes={known.minutes} />
        ) : (
          <div class="src-waiting" role="status">
            <span class="spinner" aria-hidden="true" />
            {tc("detail.loading")}
          </div>
        )}
      </section>
      <Facts source={source} />
    </>
  );
}

function Trouble({ source }: { readonly source: Source }) {
  const { last_error: error, open_until: until, failures, state, expected_every_s: every } = source;
  const advice = adviceOf(source) ?? (error ? adviceFor(error.code) : null);
  const isFresh = state === "failing" || failures > 0;
  if (!advice || (!isFresh && state !== "silent" && state !== "waiting")) return null;
  return (
    <section class={`src-trouble src-trouble-${state}`}>
      {isFresh && error && (
        <>
          <h4>
            {tc("error.title")} <time>{formatDateTime(error.at)}</time>
          </h4>
          <p class="src-error">
            <code>{error.code}</code> {error.detail}
          </p>
        </>
      )}
      {isFresh && failures > 0 && (
        <p>
          {until
            ? tc("state.openUntil", { time: formatClock(new Date(until)), n: number(failures) })
            : tc("state.failures", { n: number(failures) })}
        </p>
      )}
      <p class="src-advice">
        <Glyph name="info" size={16} />
        <span>{tc(`advice.${advice}`, { time: span((every ?? 0) * 3) })}</span>
      </p>
    </section>
  );
}

function Facts({ source }: { readonly source: Source }) {
  const nothing = tc("detail.none");
  const { last_message_at: last, last_event_at: event, lag_s: lag, expected_every_s: every } = source;
  return (
    <section class="src-section">
      <h4>{tc("detail.facts")}</h4>
      <dl class="src-facts">
        <Fact name={tc("detail.lastMessage")}>{last ? <Moment time={last} /> : tc("row.never")}</Fact>
        <Fact name={tc("detail.lastEvent")}>{event ? <Moment time={event} /> : nothing}</Fact>
        <Fact name={tc("detail.lag")}>{lag === null ? nothing : span(lag)}</Fact>
        <Fact name={tc("detail.rate")}>{tc("detail.perMinute", { n: number(source.rate_per_min, 1) })}</Fact>
        <Fact name={tc("detail.messages")}>{number(source.messages_24h)}</Fact>
        <Fact name={tc("detail.records")}>
          {tc("row.accepted", { n: number(source.accepted_24h) })} ·{" "}
          <span class={source.rejected_24h > 0 ? "src-refused" : ""}>
            {tc("row.rejected", { n: number(source.rejected_24h) })}
          </span>
        </Fact>
        <Fact name={tc("detail.expected")}>
          {every === null ? nothing : tc("detail.every", { time: span(every) })}
        </Fact>
        <Fact name={tc("detail.silence")}>
          {source.silent_since ? tc("detail.since", { time: formatDateTime(source.silent_since) }) : nothing}
        </Fact>
        <Fact name={tc("detail.letters")}>
          {source.dead_letters > 0 ? (
            <button
              type="button"
              class="link"
              onClick={() => {
                tab.value = "letters";
              }}
            >
              {number(source.dead_letters)}
            </button>
          ) : (
            "0"
          )}
        </Fact>
        <Fact name={tc("detail.unlocated")}>
          {source.unlocated > 0 ? (
            <button type="button" class="link" onClick={() => openQueue()}>
              {tc("detail.openQueue", { n: number(source.unlocated) })}
            </button>
          ) : (
            "0"
          )}
        </Fact>
        <Fact name={tc("detail.connector")}>
          {source.connector} · {door(source.door)}
        </Fact>
        <Fact name={tc("detail.layers")}>
          <LayerNames layers={source.layers} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ time }: { readonly time: string }) {
  return (
    <time>
      {ago(time)} <small>{formatDateTime(time)}</small>
    </time>
  );
}
