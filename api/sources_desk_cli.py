# SPDX-License-Identifier: Apache-2.0
"""``source list``, ``letters`` and ``replay``: how sources do, what was refused of them, and trying that again."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from layers.locate.gazetteer import Gazetteer
from layers.registry import discover
from layers.sources.book import SourceBook
from layers.sources.health import health_of
from layers.sources.letters import Desk, letters_of
from layers.sources.road import Road

_SHOWN = 50


ACTIONS = ("list", "letters", "replay")


async def run(settings: Settings, chosen: argparse.Namespace) -> tuple[str, int]:
    """What is to be printed, and the exit code: 1 where something is refused still."""
    database = await open_database(DatabaseOptions(settings.database_url, pool_size=2, statement_timeout_s=120))
    try:
        registry = discover(settings.sources)
        road = Road(database, registry, Gazetteer(registry), settings.instance)
        commands: dict[str, Callable[..., Awaitable[tuple[str, int]]]] = {
            "list": _list,
            "letters": _letters,
            "replay": _replay,
        }
        return await commands[chosen.action](road, SourceBook(settings.sources), chosen)
    finally:
        await database.close()


async def _list(road: Road, book: SourceBook, _: argparse.Namespace) -> tuple[str, int]:
    members = await health_of(road.database, list(book.all.values()), datetime.now(UTC))
    head = (
        f"{'source':28} {'state':8} {'last message':20} {'messages':>9} {'accepted':>9} {'rejected':>9} {'letters':>8}"
    )
    lines = [head]
    for one in members:
        last = one["last_message_at"]
        when = "-" if last is None else f"{last:%Y-%m-%d %H:%M:%S}"
        lines.append(
            f"{one['id']:28} {one['state']:8} {when:20} {one['messages_24h']:>9} {one['accepted_24h']:>9} "
            f"{one['rejected_24h']:>9} {one['dead_letters']:>8}"
        )
    lines += [f"{fault.file}: {fault.reason}" for fault in book.faults]
    return "\n".join(lines), 1 if book.faults else 0


async def _letters(road: Road, _: SourceBook, chosen: argparse.Namespace) -> tuple[str, int]:
    page = await letters_of(road, chosen.source, chosen.code, None, _SHOWN)
    lines = [f"{count:>8} × {code}" for code, count in page.codes.items()]
    lines += [f"{row['id']:>8}  {row['code']}: {row['detail']}" for row in page.rows]
    return "\n".join(lines) or "no open dead letters", 0


async def _replay(road: Road, book: SourceBook, chosen: argparse.Namespace) -> tuple[str, int]:
    desk = Desk(road, chosen.source, book.all.get(chosen.source), datetime.now(UTC))
    if chosen.letter is not None:
        resolved, code, detail = await desk.replay(chosen.letter)
        return ("resolved" if resolved else f"refused: {code}: {detail}"), 0 if resolved else 1
    done = await desk.replay_all(chosen.code)
    return f"replayed {done.tried}, resolved {done.resolved}, refused {done.refused}", 1 if done.refused else 0
