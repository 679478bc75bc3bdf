# SPDX-License-Identifier: Apache-2.0
"""Polls another GeoReport v2 endpoint. The standard has no "changed since", only when reports were made.

So each visit goes back over a window that overlaps the last one, and once a day over the last 90 days, for the reports
that changed long after they were made; what is known already changes nothing. An endpoint whose discovery names our
extensions is asked for changes, and page by page. Otherwise an answer that is as long as the endpoint's limit was cut
off, and its span is asked again in halves.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import httpx
from pydantic import Field

from geo.interval import parse_instant
from layers.connectors.base import Message, Options
from layers.connectors.open311_reading import MAX_BYTES, requests_in
from layers.errors import Rejected
from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.http_answer import Answer, PullFailed, refusal_of, shown_address
from layers.transports.named_secret import NamedSecret

# The standard's own limits.
MAX_SPAN = timedelta(days=90)
MAX_ROWS = 1000
# Asked for changes, an endpoint is asked again for the last minutes: its clock is not ours.
CHANGES_OVERLAP = timedelta(minutes=15)
_SHORTEST = timedelta(seconds=1)
_MAX_PAGES = 1000
_IN_THREAD_BYTES = 200_000
_EXTENSIONS = frozenset({"updated_after", "page", "page_size"})
# Their list in a discovery, as JSON or XML, and one of them in it.
_LISTED = re.compile(rb"x_extensions(.{1,500}?)(?:\]|</x_extensions)", re.DOTALL)
_EXTENSION = re.compile(rb"\b(?:updated_after|page_size|page)\b")


class Open311DoorOptions(Options):
    """Where the endpoint is, and how it is asked.

    Args:
        root: the address below which ``requests.json`` is.
        api_key: for endpoints where reading needs one.
        limit: how many reports the endpoint answers at most; fewer means that nothing was cut off.
        extensions: names of our extensions that the endpoint knows; ``None`` asks its discovery, once a day.
    """

    root: Annotated[str, Field(pattern=r"^https?://[^\s?#]{1,900}$")]
    form: Literal["json", "xml"] = "json"
    jurisdiction_id: Annotated[str, Field(max_length=200)] | None = None
    api_key: NamedSecret | None = None
    overlap_h: Annotated[float, Field(ge=0.1, le=2160)] = 24
    reconcile_every_h: Annotated[float, Field(ge=0.1, le=8784)] = 24
    reconcile_days: Annotated[float, Field(ge=1, le=3660)] = 90
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = MAX_ROWS
    extensions: tuple[Literal["updated_after", "page", "page_size"], ...] | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20


@dataclass(frozen=True)
class Question:
    """Reports made in a span of time, or changed since its start."""

    start: datetime
    end: datetime
    changed: bool = False

    def asked(self) -> dict[str, str]:
        """The parameters."""
        if self.changed:
            return {"updated_after": self.start.isoformat()}
        return {"start_date": self.start.isoformat(), "end_date": self.end.isoformat()}

    def halves(self) -> "list[Question]":
        """The same in two parts, the earlier first; nothing where it cannot be parted."""
        if self.changed or self.end - self.start <= _SHORTEST:
            return []
        middle = self.start + (self.end - self.start) / 2
        return [Question(self.start, middle), Question(middle, self.end)]


def plan(
    options: Open311DoorOptions, cursor: Mapping[str, Any], now: datetime
) -> tuple[list[Question], dict[str, Any]]:
    """What to ask now, and the cursor to keep once all of it has come. Pure."""
    polled, reconciled = _moment(cursor, "polled_at"), _moment(cursor, "reconciled_at")
    kept = {"polled_at": now.isoformat(), "reconciled_at": (reconciled or now).isoformat()}
    overlap = timedelta(hours=options.overlap_h)
    if polled is None or reconciled is None or now - reconciled >= timedelta(hours=options.reconcile_every_h):
        begin = min(now - timedelta(days=options.reconcile_days), (polled or now) - overlap)
        return _spans(begin, now), kept | {"reconciled_at": now.isoformat()}
    if "updated_after" in (options.extensions or ()):
        return [Question(polled - CHANGES_OVERLAP, now, changed=True)], kept
    return _spans(polled - overlap, now), kept


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The answers of one visit; the cursor goes with the last, so that a visit that breaks off is made again.

    Raises:
        PullFailed: the endpoint does not answer, or refuses.
    """
    options: Open311DoorOptions = visit.options
    async with httpx.AsyncClient(
        headers={"User-Agent": "ToanCanh", "Accept": "application/json, text/xml, application/xml;q=0.9"},
        timeout=options.timeout_s,
        follow_redirects=False,
        trust_env=False,
    ) as client:
        endpoint = _Endpoint(client, visit)
        known = await endpoint.extensions(visit.cursor)
        questions, cursor = plan(options.model_copy(update={"extensions": known}), visit.cursor, visit.clock())
        last: Message | None = None
        async for message in endpoint.answers(questions, known):
            if last is not None:
                yield Arrival(last)
            last = message
        if last is not None:
            yield Arrival(last, cursor | {"extensions": list(known)})


class _Endpoint:
    """An endpoint, asked one thing after another."""

    def __init__(self, client: httpx.AsyncClient, visit: Visit) -> None:
        self._client = client
        self._options: Open311DoorOptions = visit.options
        self._clock = visit.clock
        self._always = {}
        if self._options.jurisdiction_id is not None:
            self._always["jurisdiction_id"] = self._options.jurisdiction_id
        if self._options.api_key is not None:
            self._always["api_key"] = self._options.api_key.text(visit.secret)

    async def extensions(self, cursor: Mapping[str, Any]) -> tuple[str, ...]:
        """The extensions that the endpoint knows: as set, as remembered for a day, else as its discovery says."""
        if self._options.extensions is not None:
            return self._options.extensions
        seen = _moment(cursor, "reconciled_at")
        kept = cursor.get("extensions")
        if isinstance(kept, list) and seen is not None and self._clock() - seen < timedelta(days=1):
            return tuple(sorted(_EXTENSIONS.intersection(map(str, kept))))
        answer = await self._get("discovery", {})
        listed = _LISTED.search(answer.body) if answer.status == 200 else None
        found = _EXTENSION.findall(listed[1]) if listed is not None else []
        return tuple(sorted({name.decode() for name in found}))

    async def answers(self, questions: list[Question], known: tuple[str, ...]) -> AsyncIterator[Message]:
        """Every answer, whole."""
        waiting = questions[::-1]
        while waiting:
            question = waiting.pop()
            if "page" in known:
                async for message in self._pages(question, known):
                    yield message
                continue
            answer = await self._ask(question.asked())
            message = self._message(answer)
            rows = await _rows(message)
            cut_off = rows >= self._options.limit or len(answer.body) > MAX_BYTES
            halves = question.halves() if cut_off else []
            if cut_off and not halves:
                raise PullFailed("answer_cut_off", f"{self._options.limit} reports or more within a second")
            if halves:
                waiting += halves[::-1]
            else:
                yield message

    async def _pages(self, question: Question, known: tuple[str, ...]) -> AsyncIterator[Message]:
        size = {"page_size": str(self._options.limit)} if "page_size" in known else {}
        longest, before = 0, b""
        for page in range(1, _MAX_PAGES + 1):
            message = self._message(await self._ask(question.asked() | size | {"page": str(page)}))
            rows = await _rows(message)
            if len(message.body) > MAX_BYTES:
                raise PullFailed("too_large", f"a page has more than {MAX_BYTES} bytes: set a lower 'limit'")
            if rows and message.body == before:
                raise PullFailed("paging_ignored", "the next page is the page itself: set 'extensions' to []")
            before = message.body
            if rows or page == 1:
                yield message
            longest = max(longest, rows)
            # Without a size of ours, a page that is shorter than another one is the last.
            if rows < (self._options.limit if size else max(longest, 1)):
                return
        raise PullFailed("paging_endless", f"there are more than {_MAX_PAGES} pages")

    async def _ask(self, parameters: Mapping[str, str]) -> Answer:
        answer = await self._get("requests", parameters)
        if answer.status != 200:
            raise refusal_of(answer)
        return answer

    async def _get(self, name: str, parameters: Mapping[str, str]) -> Answer:
        address = f"{self._options.root.rstrip('/')}/{name}.{self._options.form}"
        body = bytearray()
        try:
            async with asyncio.timeout(self._options.timeout_s * 3):
                async with self._client.stream("GET", address, params={**self._always, **parameters}) as response:
                    async for chunk in response.aiter_bytes():
                        body += chunk
                        if len(body) > MAX_BYTES:
                            break  # its span is asked in halves
                    return Answer(response.status_code, bytes(body), response.headers, address, None)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise PullFailed("not_reached", f"{shown_address(address)}: {type(error).__name__}") from None

    def _message(self, answer: Answer) -> Message:
        """Always of the same name: an answer that says nothing new is kept once."""
        default = "application/json" if self._options.form == "json" else "text/xml"
        content_type = answer.headers.get("content-type", default)
        return Message(answer.body, self._clock(), content_type, f"requests.{self._options.form}")


async def _rows(message: Message) -> int:
    """How many reports an answer has; none where it cannot be read, which is for the road to say."""
    large = len(message.body) > _IN_THREAD_BYTES
    return await asyncio.to_thread(_count, message) if large else _count(message)


def _count(message: Message) -> int:
    try:
        return len(requests_in(message))
    except Rejected:
        return 0


def _spans(begin: datetime, end: datetime) -> list[Question]:
    found = []
    while begin < end:
        until = min(begin + MAX_SPAN, end)
        found.append(Question(begin, until))
        begin = until
    return found


def _moment(cursor: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return parse_instant(str(cursor.get(name)))
    except (ValueError, OverflowError):
        return None


TRANSPORT = Transport("open311", Text("Đọc hệ thống Open311 khác", "Open311 poll"), arrivals, Open311DoorOptions)
