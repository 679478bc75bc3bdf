# SPDX-License-Identifier: Apache-2.0
"""Dead letters: what was refused of a source, tried again after something was mended, or put away with a reason.

A letter that points at a message is tried by reading that message again with today's connector and options: everything
in it is judged anew. A letter of the plain ingest door holds its record, which is pushed again. Both can be done again
without harm.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.errors import BadBody, Conflict, NotFound
from layers.batch import Batch
from layers.connectors.base import Message
from layers.intake import take_in
from layers.sources import letters_sql as sql
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec

_PAGE = 200


class LetterNotFound(NotFound):
    """The source has no dead letter of this id."""

    default_code = "dead_letter_not_found"


class NotReplayable(Conflict):
    """What the letter came from is not kept any more, or its source has no file."""

    default_code = "dead_letter_not_replayable"


@dataclass(frozen=True)
class Page:
    """Letters, newest first, and how many are open of each code."""

    rows: list[Any]
    codes: dict[str, int]


@dataclass(frozen=True)
class Replayed:
    """How a replay ended: so many letters tried, mended, and refused again."""

    tried: int
    resolved: int

    @property
    def refused(self) -> int:
        """How many are refused still."""
        return self.tried - self.resolved


@dataclass(frozen=True)
class Desk:
    """Who works on the letters of which source; ``spec`` is ``None`` where no file declares the source."""

    road: Road
    source: str
    spec: SourceSpec | None
    now: datetime

    async def letter(self, letter: int) -> Any:
        """One letter, open or closed.

        Raises:
            LetterNotFound: there is none.
        """
        row = await self.road.database.fetchrow(sql.SELECT_ONE, source=self.source, letter=letter)
        if row is None:
            raise LetterNotFound("This source has no dead letter of this id.")
        return row

    async def replay(self, letter: int) -> tuple[bool, str | None, str | None]:
        """Try one letter again; answers whether it is resolved, else why it is refused still.

        Raises:
            LetterNotFound: there is none.
            NotReplayable: its message is not kept any more.
        """
        row = await self.letter(letter)
        if not await self._try([row]):
            raise NotReplayable("What this letter came from is not kept any more. Discard it.")
        left = await self.road.database.fetch(sql.SELECT_OPEN_OF, source=self.source, ids=[letter])
        if not left and (row["message"] is None or not await self._why(row["message"])):
            return True, None, None
        why = await self._why(row["message"]) if row["message"] is not None else await self.letter(letter)
        return (True, None, None) if why is None else (False, why["code"], why["detail"])

    async def replay_all(self, code: str | None = None) -> Replayed:
        """Try every open letter of a source again, oldest first, or those of one code."""
        tried = resolved = after = 0
        while True:
            rows = await self.road.database.fetch(
                sql.SELECT_OLDEST, source=self.source, code=code, after=after, page=_PAGE
            )
            if not rows:
                return Replayed(tried, resolved)
            await self._try(rows)
            ids = [row["id"] for row in rows]
            left = await self.road.database.fetch(sql.SELECT_OPEN_OF, source=self.source, ids=ids)
            tried, resolved, after = tried + len(ids), resolved + len(ids) - len(left), ids[-1]

    async def discard(self, letter: int, who: str, why: str) -> None:
        """Put a letter away for good.

        Raises:
            LetterNotFound: there is none.
            BadBody: no reason was given.
        """
        if not why.strip():
            raise BadBody("Say why the letter is discarded.", code="reason_missing")
        await self.letter(letter)
        await self._close([letter], "discarded", why.strip()[:500], who)

    async def _try(self, rows: Sequence[Any]) -> int:
        """Read messages and records again; answers how many could be."""
        messages = sorted({row["message"] for row in rows if row["message"] is not None})
        kept = []
        if messages and self.spec is not None:
            kept = await self.road.database.fetch(sql.SELECT_MESSAGES, source=self.source, ids=messages)
            again = [
                Message(row["body"], row["received_at"], row["content_type"], row["name"], row["headers"])
                for row in kept
            ]
            if again:
                await receive(self.road, self.spec, again, self.now)
        records = [row for row in rows if row["message"] is None and row["layer"] in self.road.registry]
        for row in records:
            await self._push(row)
        return len(kept) + len(records)

    async def _push(self, row: Any) -> None:
        try:
            record = json.loads(row["record"])
        except ValueError:  # cut, or never JSON
            return
        name = f"replay-{uuid.uuid4().hex[:12]}"
        batch = Batch(self.road.registry[row["layer"]], self.source, name, [record])
        receipt = await take_in(self.road.database, batch, self.now, row["kind"])
        if not receipt.rejected:
            await self._close([row["id"]], "replayed", None, None)

    async def _close(self, ids: Sequence[int], how: str, why: str | None, who: str | None) -> None:
        await self.road.database.fetch(sql.CLOSE, source=self.source, ids=list(ids), how=how, why=why, who=who)

    async def _why(self, message: int) -> Any:
        return await self.road.database.fetchrow(sql.SELECT_WHY, source=self.source, message=message)


async def letters_of(road: Road, source: str, code: str | None, before: int | None, limit: int) -> Page:
    """One page of open letters, newest first, and how many there are of each code."""
    rows = await road.database.fetch(sql.SELECT_PAGE, source=source, code=code, before=before or 2**62, page=limit)
    counts = await road.database.fetch(sql.COUNT_BY_CODE, source=source)
    return Page(rows, {row["code"]: row["n"] for row in counts})
