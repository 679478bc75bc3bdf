# SPDX-License-Identifier: Apache-2.0
"""Another city's reports, polled: each becomes an incident once and follows its status; late changes are found."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geo.db.pool import Database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.delivery import Delivery
from layers.sources.road import Road
from layers.sources.spec import SourceSpec
from simulators.open311_city import ROOT, City, Habits, Report
from tests.connected.feeds import serving, taken_in, visited

pytestmark = pytest.mark.postgis
CLOSED = {"resolved", "rejected", "duplicate"}
CODES = {"001": "giao_thong.o_ga", "020": "moi_truong.rac", "040": "thien_tai.ngap"}


class Clock:
    """The moment that is now, for the city and for the road."""

    def __init__(self) -> None:
        self.seconds = float(int(time.time()) - 40 * 86_400)

    def __call__(self) -> float:
        return self.seconds

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def forward(self, **span: float) -> None:
        self.seconds += timedelta(**span).total_seconds()


class Poll:
    """A source that polls a city, visit after visit."""

    def __init__(self, road: Road, city: City, url: str, clock: Clock, **door: Any) -> None:
        self.road, self.city, self.clock = road, city, clock
        self.cursor: dict[str, Any] = {}
        self.source = SourceSpec(
            id=f"city-{city.seed.lower()}",
            system="field_reports",
            title={"vi": "TP", "en": "City"},
            connector="open311",
            options={"channel": "web", "services": CODES},
            door={"kind": "open311", "root": f"{url}{ROOT}", **door},
        )

    async def visit(self) -> Delivery:
        """One visit; what became of all that it brought."""
        arrivals = await visited(self.source, self.clock.now, self.cursor)
        self.cursor = dict(arrivals[-1].cursor or {})
        whole = Delivery()
        for one in await taken_in(self.road, self.source, arrivals, self.clock.now):
            for name in ("accepted", "changed", "unchanged", "stale"):
                setattr(whole, name, getattr(whole, name) + getattr(one, name))
            whole.refused += one.refused
            whole.dead |= one.dead
        return whole

    async def stored(self) -> dict[str, Any]:
        """Incidents of the source by id."""
        async with self.road.database.connection() as connection:
            rows = await connection.fetch(
                "select external_id, kind, status, valid_from, properties, location_method,"
                " st_x(geom) as lon, st_y(geom) as lat from feature where layer = 'incidents' and source = $1",
                self.source.id,
            )
        return {row["external_id"]: row for row in rows}


@pytest.fixture
async def road(database: Database, registry: LayerRegistry) -> AsyncIterator[Road]:
    """The common road of the test's database."""
    yield Road(database, registry, Gazetteer(registry))


@contextmanager
def polled(road: Road, seed: str, habits: Habits, count: int = 120, **door: Any) -> Iterator[Poll]:
    """A city and a source that polls it."""
    clock = Clock()
    city = City(seed, count, 0.02, 1.0, habits, clock)
    with serving(city) as url:
        yield Poll(road, city, url, clock, **door)


def expected(city: City, one: Report) -> str:
    """The incident's status that the city's word means."""
    words = {"received": "new", "verified": "new", "duplicate": "rejected"}
    _, word, _ = one.now(city.moment)
    if not city.habits.extensions:
        return "resolved" if word in CLOSED else "new"
    return words.get(word, word)


async def check(poll: Poll, *, since_days: float) -> None:
    """Every report of so many days is there, as the city has it now."""
    stored = await poll.stored()
    young = [one for one in poll.city.reports() if one.requested > poll.clock.now - timedelta(days=since_days)]
    assert len(young) > 20
    for one in young:
        row = stored[str(500_001 + one.number)]
        assert row["status"] == expected(poll.city, one), one.number
        assert row["valid_from"] == one.requested
        assert row["properties"]["service_code"] == one.written.topic.city_code
        assert "0900" not in row["properties"]["description"]
        assert not {"email", "first_name"} & set(row["properties"])


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("extensions", [False, True], ids=["as the standard has it", "with our extensions"])
async def test_reports_are_there_once_and_move_on(road: Road, form: str, extensions: bool) -> None:
    habits = Habits(extensions=extensions)
    with polled(road, f"move-{form}-{extensions}", habits, form=form) as poll:
        first = await poll.visit()
        assert not first.refused and not first.dead and first.accepted == len(await poll.stored()) > 80
        await check(poll, since_days=89)

        poll.clock.forward(minutes=1)
        again = await poll.visit()
        assert (again.accepted, again.refused, again.dead) == (0, [], False)

        for _ in range(3):
            poll.clock.forward(hours=7)
            moved = await poll.visit()
            assert not moved.refused and not moved.dead
        assert moved.accepted > 0
        await check(poll, since_days=0.9 if not extensions else 88)


async def test_what_changed_weeks_later_is_found_by_the_daily_look_back(road: Road) -> None:
    with polled(road, "late", Habits(late=1.0)) as poll:
        await poll.visit()
        before = {name: row["status"] for name, row in (await poll.stored()).items()}
        for _ in range(5):
            poll.clock.forward(days=7)
            await poll.visit()
        await check(poll, since_days=89)
        after = {name: row["status"] for name, row in (await poll.stored()).items()}
        assert sum(after[name] != status for name, status in before.items()) > 10


async def test_an_answer_that_was_cut_off_is_asked_again_in_parts(road: Road) -> None:
    with polled(road, "cut", Habits(repeated=0.0), count=120, limit=1000) as poll:
        whole = await poll.visit()
        asked = len(poll.city.asked)
    with polled(road, "cut2", Habits(repeated=0.0), count=1800) as poll:
        result = await poll.visit()
        assert result.accepted == len(await poll.stored()) > 1500
        assert len(poll.city.asked) > asked and whole.accepted > 0


async def test_pages_are_turned_to_the_last(road: Road) -> None:
    with polled(road, "pages", Habits(extensions=True), limit=17) as poll:
        result = await poll.visit()
        assert result.accepted == len(await poll.stored()) > 80
        assert sum("page" in one.query for one in poll.city.asked) == result.accepted // 17 + 1


async def test_half_an_answer_is_a_dead_letter_and_the_next_visit_has_it_all(road: Road) -> None:
    with polled(road, "half", Habits(corrupt=1.0)) as poll:
        broken = await poll.visit()
        assert broken.dead and await poll.stored() == {}
        poll.city.habits = Habits(corrupt=0.0)
        poll.clock.forward(hours=25)
        mended = await poll.visit()
        assert not mended.dead and mended.accepted > 80


async def test_bad_pins_are_turned_round_placed_by_name_or_wait(road: Road) -> None:
    with polled(road, "pins", Habits(), count=200) as poll:
        await poll.visit()
        stored = await poll.stored()
        by_pin: dict[str, set[str]] = {}
        for one in poll.city.reports():
            row = stored.get(str(500_001 + one.number))
            if row is not None:
                by_pin.setdefault(one.written.pin, set()).add(row["location_method"])
        assert by_pin["right"] == {"source_coordinates"}
        assert by_pin["swapped"] == {"coordinate_swapped"}
        assert "source_coordinates" not in by_pin["zero"] | by_pin["none"]
