# SPDX-License-Identifier: Apache-2.0
"""A page of 1,000 features as GeoJSON, ours and tipg's: of a million rows, of 10,000 rows, and far from the start.

tipg reads a table with typed columns that holds exactly the properties we send. It counts the whole collection for
every page (``numberMatched``); we have no such number and a link to the next page instead, which is the larger part of
the difference on the million rows and no part of it far down a small layer.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.figures import Part
from benchmarks.load import Answers, fetch_all, in_turns, median_of
from benchmarks.rig import Rig, say
from layers.cursor import Cursor, write_cursor

LIMIT = 1_000
TARGETS = {"incidents": 8.0, "places": 3.0}
DEEP = 0.9
CONCURRENCY = 4


def run(rig: Rig) -> dict[str, Any]:
    """Pages a second."""
    part = Part(raw={"limit": LIMIT, "concurrency": CONCURRENCY})
    tipg = rig.peers.tipg(rig.owner_url)
    try:
        for layer, target in TARGETS.items():
            for where in ("first", "deep"):
                say(f"items: {layer}, {where} page")
                ours = _our_path(rig, layer, where)
                addresses = {"ours": (rig.url, ours)}
                if tipg is not None:
                    addresses["tipg"] = (tipg.url, _tipg_path(rig, layer, where))
                _compare(rig, part, f"{layer}, {where} page", addresses, target if where == "first" else None)
    finally:
        rig.peers.stop()
    return part.as_json()


def _compare(rig: Rig, part: Part, name: str, addresses: dict[str, tuple[str, str]], target: float | None) -> None:
    details: dict[str, list[Any]] = {one: [] for one in addresses}
    number = {"ours": 40 if rig.options.quick else 160, "tipg": 8 if rig.options.quick else 24}

    def ask(one: str) -> float:
        base, path = addresses[one]
        answers = _pages(base, [path] * number[one])
        details[one].append(answers.summary())
        return answers.rate

    for base, path in addresses.values():
        _pages(base, [path] * CONCURRENCY)
    found = in_turns({one: partial(ask, one) for one in addresses}, rig.options.rounds)
    rate = median_of(found)
    part.raw[name] = {"rounds": found, "details": details}
    part.bars[f"{LIMIT:,} items a page, pages a second: {name}"] = rate
    part.ratio(f"{LIMIT:,} items as GeoJSON, {name}: ours / tipg", rate["ours"], rate.get("tipg"), target)


def _pages(base: str, paths: Sequence[str]) -> Answers:
    answers = fetch_all(base, paths, CONCURRENCY)
    assert answers.statuses.keys() == {200}, answers.statuses
    return answers


def _our_path(rig: Rig, layer: str, where: str) -> str:
    path = f"/collections/{layer}/items?limit={LIMIT}"
    if where == "first":
        return path
    with rig.owner() as connection, connection.cursor() as cursor:
        cursor.execute(
            "select percentile_disc(%s) within group (order by id) from feature where layer = %s", (DEEP, layer)
        )
        last = cursor.fetchone()[0]
    connection.close()
    return f"{path}&after={write_cursor(Cursor(None, last), layer, 'id')}"


def _tipg_path(rig: Rig, layer: str, where: str) -> str:
    rows = getattr(rig.options.sizes, layer)
    offset = "" if where == "first" else f"&offset={round(rows * DEEP)}"
    return f"/collections/peer.{layer}/items?limit={LIMIT}{offset}"
