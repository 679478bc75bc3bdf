# SPDX-License-Identifier: Apache-2.0
"""A scheduled pull over HTTP(S): REST behind a sharing platform (LGSP), OGC API Features, CKAN, or a single file.

Each page is a message. The cursor kept with it says where to go on: within a window after a failure in the middle, or
with the next window; and which version of a file was seen last.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from geo.interval import parse_instant
from layers.connectors.base import Message
from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.http_answer import Answer, PullFailed
from layers.transports.http_options import WORDS, HttpOptions, NoPaging
from layers.transports.http_paging import Ask, PagingLost, ask_from, first_ask, next_ask, told_as
from layers.transports.http_session import Session
from layers.transports.http_sign_in import Tokens

_LARGE_BYTES = 1_000_000
# An unfinished window that no longer exists over there is asked for anew.
_GONE = (400, 404, 410, 416)
_TOLD = ("etag", "last-modified", "date", "traceparent")


class _Pull:
    """Visits; what outlives one visit is only the tokens, in memory."""

    def __init__(self) -> None:
        self._tokens = Tokens()

    async def arrivals(self, visit: Visit) -> AsyncIterator[Arrival]:
        """The pages of one visit.

        Raises:
            PullFailed: the server, the network or the sign-in failed; what was brought before stays.
        """
        options: HttpOptions = visit.options
        try:
            session = Session(options, visit.secret, visit.clock, self._tokens)
        except OSError as error:
            raise PullFailed("ca_file_unreadable", f"ca_file: {error.strerror or error}") from None
        async with session:
            async for arrival in _pages(session, options, visit):
                yield arrival


async def _pages(session: Session, options: HttpOptions, visit: Visit) -> AsyncIterator[Arrival]:
    now = visit.clock()
    window, ask, resumed = _begin(options, visit.cursor, now)
    for _ in range(options.max_pages):
        try:
            answer = await session.fetch(ask, _conditions(options, visit.cursor))
        except PullFailed as error:
            if not (resumed and error.status in _GONE):
                raise
            (window, ask, resumed) = (*_anew(options, visit.cursor, now), False)
            continue
        resumed = False
        if answer.status == 304 or not answer.body:
            return
        following = await _following(options, ask, answer)
        yield Arrival(
            Message(
                answer.body,
                visit.clock(),
                answer.headers.get("content-type", "application/octet-stream"),
                _name(options, ask),
                {name: answer.headers[name] for name in _TOLD if name in answer.headers},
            ),
            _cursor(window, following, answer),
        )
        if following is None:
            return
        ask = following


def _begin(options: HttpOptions, cursor: Mapping[str, Any], now: datetime) -> tuple[dict[str, str], Ask, bool]:
    unfinished, window = ask_from(cursor.get("next")), cursor.get("window")
    if unfinished is not None and isinstance(window, dict):
        return window, unfinished, True
    return (*_anew(options, cursor, now), False)


def _anew(options: HttpOptions, cursor: Mapping[str, Any], now: datetime) -> tuple[dict[str, str], Ask]:
    """A new window: from where the last whole one ended, or where an unfinished one began, until now."""
    kept = cursor.get("window")
    said = cursor.get("since") or (kept.get("since") if isinstance(kept, dict) else None)
    try:
        begin = parse_instant(str(said)) - timedelta(seconds=options.overlap_s)
    except ValueError:
        begin = now - timedelta(seconds=options.first_s)
    window = {"since": begin.isoformat(), "until": now.isoformat(), "now": now.isoformat()}
    told = {word: told_as(parse_instant(window[word]), options.time_format, options.tz) for word in WORDS}
    return window, first_ask(options, told)


async def _following(options: HttpOptions, ask: Ask, answer: Answer) -> Ask | None:
    if isinstance(options.paging, NoPaging):
        return None
    large = len(answer.body) > _LARGE_BYTES
    decoded = await asyncio.to_thread(_decoded, answer.body) if large else _decoded(answer.body)
    try:
        following = next_ask(options, ask, decoded, answer.link)
    except ValueError as error:
        code = "paging_lost" if isinstance(error, PagingLost) else "paging_path_failed"
        raise PullFailed(code, str(error)) from None
    if following is not None and (following.url, following.params, following.body) == (ask.url, ask.params, ask.body):
        raise PullFailed("paging_loops", "the next page is the page itself: nothing would ever end")
    return following


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _cursor(window: Mapping[str, str], following: Ask | None, answer: Answer) -> dict[str, Any]:
    if following is not None:
        return {"window": dict(window), "next": following.as_dict()}
    seen = {"since": window["until"]}
    for header in ("etag", "last-modified"):
        if header in answer.headers:
            seen[header] = answer.headers[header]
    return seen


def _conditions(options: HttpOptions, cursor: Mapping[str, Any]) -> dict[str, str]:
    """Conditions for a file that may not have changed; a window is another address each time, and pages are many."""
    if options.has_window or options.method != "GET" or not isinstance(options.paging, NoPaging):
        return {}
    asked = {"If-None-Match": cursor.get("etag"), "If-Modified-Since": cursor.get("last-modified")}
    return {header: str(value) for header, value in asked.items() if value}


def _name(options: HttpOptions, ask: Ask) -> str:
    """The same for the same page of every window, so that an answer that says nothing new is kept once."""
    return f"{options.url.partition('?')[0]}#{ask.page}"


TRANSPORT = Transport("http", Text("Lấy định kỳ qua HTTP", "Scheduled HTTP pull"), _Pull().arrivals, HttpOptions)
