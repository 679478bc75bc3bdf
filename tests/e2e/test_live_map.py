# SPDX-License-Identifier: Apache-2.0
"""From commit to pixel: exactly the touched tiles are fetched again, and nothing is ever drawn twice."""

import contextlib
import re
import uuid
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from geo.tile import TileId, patch_of
from tests.e2e.test_console import CENTRE, opened
from tests.support.stack import Stack, wait_for
from tiles.stale import MARGIN

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
# Nearer than any layer folds; its tiles are about two kilometres wide.
ZOOM = 14.5
_TILE = re.compile(r"/tiles/([\w,]+)/(\d+)/(\d+)/(\d+)\.mvt")
# Every frame is looked at: where the feature with that title is drawn.
WATCH = """(title) => {
    const map = window.__toancanh.map;
    window.__seen = [];
    map.on("render", () => {
        const dots = map.queryRenderedFeatures()
            .filter((f) => f.layer.type === "circle" && f.properties.title === title);
        window.__seen.push([...new Set(dots.map((f) => f.geometry.coordinates.map((part) => part.toFixed(3)).join()))]);
    });
}"""
TITLES = """() => window.__toancanh.map.queryRenderedFeatures()
    .filter((f) => f.layer.type === "circle").map((f) => f.properties.title)"""


@contextlib.contextmanager
def _cursor(stack: Stack) -> Iterator[Any]:
    """A statement each, committed at once, as psql does."""
    connection = psycopg2.connect(stack.database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def _insert(stack: Stack, title: str, lon: float, lat: float) -> int:
    with _cursor(stack) as cursor:
        cursor.execute(
            "insert into layer_incidents (source, external_id, title, kind, severity, status, valid_from, geom) values "
            "('psql', %s, %s, 'fire', 'high', 'new', now(), ST_SetSRID(ST_Point(%s, %s), 4326)) returning id",
            (uuid.uuid4().hex, title, lon, lat),
        )
        return int(cursor.fetchone()[0])


def _move(stack: Stack, feature: int, lon: float, lat: float) -> None:
    with _cursor(stack) as cursor:
        cursor.execute(
            "update layer_incidents set geom = ST_SetSRID(ST_Point(%s, %s), 4326) where id = %s", (lon, lat, feature)
        )


def _look(page: Page, stack: Stack) -> Page:
    """The console near the centre, connected for the zoom that it shows."""
    opened(page, stack, f"#map={ZOOM}/{CENTRE[1]}/{CENTRE[0]}")
    wait_for(lambda: page.evaluate("() => window.__toancanh.map.areTilesLoaded()"), "tiles are loaded")
    page.wait_for_timeout(1_000)
    return page


def _drawn(page: Page, feature: int, since: int = 0) -> None:
    """Waits until the newest version is on the screen."""
    ask = """([id, since]) => Promise.race([window.__toancanh.whenDrawn("incidents", id, since),
        new Promise((late) => setTimeout(() => late(null), 20000))])"""
    assert page.evaluate(ask, [feature, since]) is not None, "it was never drawn"


def _overlaid(page: Page) -> int:
    """How many drawings wait for tiles."""
    told: int = page.evaluate(
        "() => window.__toancanh.map.getSource('incidents~live').getData().then((data) => data.features.length)"
    )
    return told


def _asked_tiles(page: Page) -> list[tuple[str, TileId]]:
    asked: list[tuple[str, TileId]] = []

    def note(url: str) -> None:
        if found := _TILE.search(url):
            asked.append((found[1], TileId(*(int(part) for part in found.groups()[1:]))))

    page.on("request", lambda request: note(request.url))
    return asked


def test_a_change_by_psql_fetches_the_touched_tiles_and_no_other(shown: Shown, page: Page) -> None:
    stack, _ = shown
    _look(page, stack)
    held = page.evaluate("() => window.__toancanh.map.style.tileManagers.incidents._inViewTiles.getAllTiles().length")
    asked = _asked_tiles(page)
    title = f"Chạm ô {uuid.uuid4().hex[:8]}"
    feature = _insert(stack, title, *CENTRE)
    _drawn(page, feature)
    wait_for(lambda: _overlaid(page) == 0 and len(asked) > 0, "the tiles carry it")
    box = (*CENTRE, *CENTRE)
    touched = set(patch_of(*box).span(14, MARGIN).tiles())
    assert {tile for layer, tile in asked} <= touched and held > len(touched)
    assert {layer for layer, _ in asked} == {"incidents"}
    assert page.evaluate(TITLES).count(title) == 1


def test_a_moved_incident_is_drawn_once_in_every_frame(shown: Shown, page: Page) -> None:
    stack, _ = shown
    _look(page, stack)
    title = f"Di chuyển {uuid.uuid4().hex[:8]}"
    lon, lat = CENTRE
    feature = _insert(stack, title, lon, lat)
    _drawn(page, feature)
    page.evaluate(WATCH, title)
    # Small and large steps, quick ones and one after the tiles have caught up; some lead into another tile.
    places = [(lon + step * 0.003, lat + 0.002 - (step % 2) * 0.004) for step in range(-3, 4)]
    for at, place in enumerate(places):
        began = page.evaluate("() => Date.now()")
        _move(stack, feature, *place)
        _drawn(page, feature, began)
        if at % 3 == 2:
            wait_for(lambda: _overlaid(page) == 0, "the tiles carry the move")
    wait_for(lambda: _overlaid(page) == 0, "the tiles carry the last move")
    seen: list[list[str]] = page.evaluate("() => window.__seen")
    assert max(len(drawn) for drawn in seen) == 1, [drawn for drawn in seen if len(drawn) > 1]
    # A machine with more to do than it can may show one frame between the two places; it must not be a gap.
    assert all(one or two for one, two in pairwise(seen))
    shown_at = [drawn for drawn in seen if drawn]
    visited = [drawn[0] for at, drawn in enumerate(shown_at) if at == 0 or drawn != shown_at[at - 1]]
    assert len(visited) == len(set(visited)), "it came back to a place that it had left"
    assert visited[-1] == ",".join(f"{part:.3f}" for part in places[-1])


def test_what_is_withdrawn_goes_and_never_comes_back(shown: Shown, page: Page) -> None:
    stack, _ = shown
    _look(page, stack)
    title = f"Rút lại {uuid.uuid4().hex[:8]}"
    feature = _insert(stack, title, *CENTRE)
    _drawn(page, feature)
    wait_for(lambda: _overlaid(page) == 0, "the tiles carry it")
    page.evaluate(WATCH, title)
    with _cursor(stack) as cursor:
        cursor.execute("delete from layer_incidents where id = %s", (feature,))
    wait_for(lambda: page.evaluate("() => window.__seen.at(-1)?.length === 0"), "it is gone")
    page.wait_for_timeout(2_500)
    drawn = [bool(places) for places in page.evaluate("() => window.__seen")]
    assert True not in drawn[drawn.index(False) :]


def test_panning_back_shows_the_new_state_at_once(shown: Shown, page: Page) -> None:
    stack, _ = shown
    _look(page, stack)
    title = f"Ngoài khung {uuid.uuid4().hex[:8]}"
    lon, lat = CENTRE[0] + 0.001, CENTRE[1] + 0.001
    feature = _insert(stack, title, lon, lat)
    _drawn(page, feature)
    wait_for(lambda: _overlaid(page) == 0, "the tiles carry it")
    pan = "([lon, lat]) => window.__toancanh.map.jumpTo({center: [lon, lat]})"
    page.evaluate(pan, [lon + 0.2, lat])
    wait_for(lambda: page.evaluate("() => window.__toancanh.map.areTilesLoaded()"), "tiles are loaded elsewhere")
    with _cursor(stack) as cursor:
        cursor.execute("update layer_incidents set title = %s where id = %s", (f"{title} xong", feature))
    expect(page.get_by_text(f"{title} xong").first).to_be_visible()
    page.wait_for_timeout(2_500)
    page.evaluate(WATCH, title)
    page.evaluate(pan, [lon, lat])
    wait_for(lambda: f"{title} xong" in page.evaluate(TITLES), "the new state is drawn")
    assert all(not drawn for drawn in page.evaluate("() => window.__seen")), "the old state was drawn"
