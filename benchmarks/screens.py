# SPDX-License-Identifier: Apache-2.0
"""From a commit to an event in a browser, and to the frame that shows it: real Chromium pages on the console.

Chromium draws in software here and shares the cores with everything else, so a desk with a graphics card is quicker.
"""

import asyncio
import contextlib
import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure, Part
from benchmarks.freshness import EVENTS_PER_S, SUBSCRIBERS
from benchmarks.load import percentiles
from benchmarks.rig import Rig, say
from benchmarks.subscribers import Subscriber
from benchmarks.writers import Commit, Writers, commit_times
from geo.db.pool import connect
from tests.support.stack import ROOT

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --use-gl=angle --use-angle=gl-egl --ignore-gpu-blocklist --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
PAGES, LISTENING_PAGES = 2, 4
# Inside the city and away from its hot spots' middle; nearer than any layer folds.
VIEW = (105.86, 21.60, 16.0)
_LISTEN = """() => new Promise((resolve) => {
    window.__got = [];
    const stream = new EventSource("/live?layers=incidents");
    stream.addEventListener("ready", () => resolve());
    const now = () => performance.timeOrigin + performance.now();
    stream.addEventListener("change", (event) => window.__got.push([now(), event.data]));
})"""
_GOT = """() => window.__got.flatMap(([at, data]) => JSON.parse(data).changes.flatMap(
    (change) => change.upserts.map((feature) => [at, feature.id, feature.properties.revision])))"""
# What is not seen in that time is counted as missed; there are no pixels to wait for.
PATIENCE_MS, MOST_MISSED = 5_000, 12
_DRAWN = """([id, since, patience]) => Promise.race([window.__toancanh.whenDrawn('incidents', id, since),
    new Promise((resolve) => setTimeout(() => resolve(null), patience))])"""
_INSERT = (
    "insert into layer_incidents (source, external_id, title, kind, severity, status, valid_from, geom) "
    "values ('bench', %s, 'Từ lúc ghi đến lúc hiện', 'fire', 'high', 'new', now(), ST_Point(%s, %s, 4326)) "
    "returning id, pg_current_xact_id()::text"
)


def run(rig: Rig) -> dict[str, Any]:
    """Pixels first, then events under load."""
    part = Part()
    if not CHROMIUM.exists() or not (ROOT / "frontend" / "dist" / "index.html").exists():
        raise FileNotFoundError("needs Debian's package chromium and the built front end")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        _pixels(rig, part, browser)
        _events(rig, part, browser)
        browser.close()
    return part.as_json()


def _pixels(rig: Rig, part: Part, browser: Browser) -> None:
    """Incidents that appear in view, one at a time, while the rest of the city is still and while it is busy."""
    lon, lat, zoom = VIEW
    pages = [_page(browser) for _ in range(PAGES)]
    for page in pages:
        page.goto(f"{rig.url}/#v={lon},{lat},{zoom}")
        _wait(page, "ready", "true")
        _wait(page, "stream", "'live'")
        page.evaluate(
            "([lon, lat, zoom]) => window.__toancanh.map.jumpTo({center: [lon, lat], zoom})", [lon, lat, zoom]
        )
        page.wait_for_timeout(1_500)
    for name, per_second in (("still", 0), ("20 changes/s elsewhere", 20)):
        say(f"screens: commit to pixel, {PAGES} pages, {name}")
        number = 8 if rig.options.quick else 60
        with _background(rig, per_second, number * 1.5):
            seen = _draw(rig, pages, number)
        delays = [delay for delay in seen if delay is not None]
        ms = percentiles(delays)
        missed = len(seen) - len(delays)
        part.raw[f"pixel, {name}"] = {"ms": ms, "delays": delays, "pages": PAGES, "missed": missed}
        part.figures += [
            Figure(f"commit to pixel, {name}: p50", ms.get("p50"), unit="ms"),
            Figure(f"commit to pixel, {name}: p95", ms.get("p95"), 500.0, at_least=False, unit="ms"),
            Figure(f"commit to pixel, {name}: p99", ms.get("p99"), unit="ms"),
            Figure(
                f"not told as drawn within {PATIENCE_MS / 1000:g} s, {name}",
                float(missed),
                0.0,
                at_least=False,
                unit="",
            ),
        ]
        part.bars[f"Commit to pixel, ms, {name}"] = {f"ours {key}": value for key, value in ms.items()}
    for page in pages:
        page.context.close()


def _draw(rig: Rig, pages: Sequence[Page], number: int) -> list[float | None]:
    drawn = random.Random(rig.options.seed)
    connection = rig.owner()
    delays: list[float | None] = []
    with connection.cursor() as cursor:
        for _ in range(number):
            place = (VIEW[0] + drawn.uniform(-0.003, 0.003), VIEW[1] + drawn.uniform(-0.002, 0.002))
            cursor.execute(_INSERT, (uuid.uuid4().hex, *place))
            feature, xid = cursor.fetchone()
            cursor.execute("select extract(epoch from pg_xact_commit_timestamp(%s::xid))::float8", (xid,))
            since = cursor.fetchone()[0] * 1000
            for page in pages:
                at = page.evaluate(_DRAWN, [feature, since, PATIENCE_MS])
                delays.append(None if at is None else round(at - since, 1))
            if delays.count(None) > MOST_MISSED:
                break
            time.sleep(drawn.uniform(0.2, 1.0))
    connection.close()
    return delays


def _events(rig: Rig, part: Part, browser: Browser) -> None:
    """Pages that only listen, among a hundred streams."""
    say(f"screens: commit to event in {LISTENING_PAGES} pages among {SUBSCRIBERS} streams, {EVENTS_PER_S}/s")
    pages = [_page(browser) for _ in range(LISTENING_PAGES)]
    for page in pages:
        page.goto(f"{rig.url}/health/live")
        page.evaluate(_LISTEN)
    seconds = 5.0 if rig.options.quick else 20.0
    since: dict[tuple[int, int], float] = {}
    load = threading.Thread(target=lambda: since.update(asyncio.run(_load(rig, seconds))))
    load.start()
    while load.is_alive():
        pages[0].wait_for_timeout(200)
    pages[0].wait_for_timeout(1_500)
    delays, lost = [], 0
    for page in pages:
        got = {(feature, revision): at for at, feature, revision in page.evaluate(_GOT)}
        delays += [got[key] - at * 1000 for key, at in since.items() if key in got]
        lost += sum(key not in got for key in since)
        page.context.close()
    ms = percentiles(delays)
    part.raw["event in a browser"] = {"ms": ms, "lost": lost, "commits": len(since), "pages": LISTENING_PAGES}
    where = f"{SUBSCRIBERS} streams, {EVENTS_PER_S}/s"
    part.figures += [
        Figure(f"commit to event in a browser, {where}: p50", ms.get("p50"), unit="ms"),
        Figure(f"commit to event in a browser, {where}: p95", ms.get("p95"), unit="ms"),
        Figure(f"commit to event in a browser, {where}: p99", ms.get("p99"), 200.0, at_least=False, unit="ms"),
        Figure("events that a browser missed", float(lost), 0.0, at_least=False, unit=""),
    ]


async def _load(rig: Rig, seconds: float) -> dict[tuple[int, int], float]:
    streams = [await Subscriber.open(rig.url, "/live?layers=incidents") for _ in range(SUBSCRIBERS - LISTENING_PAGES)]
    commits: list[Commit] = await Writers(rig.owner_url, EVENTS_PER_S, rig.options.seed + 50).write(seconds)
    await asyncio.sleep(1)
    for stream in streams:
        stream.close()
    connection = await connect(rig.owner_url)
    times = await commit_times(connection, commits)
    await connection.close()
    return dict(zip([one.key for one in commits], times, strict=True))


@contextlib.contextmanager
def _background(rig: Rig, per_second: int, seconds: float) -> Iterator[None]:
    """Other people's changes, anywhere in the city."""
    if not per_second:
        yield
        return
    stop = threading.Event()

    def work() -> None:
        until = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < until:
            asyncio.run(Writers(rig.owner_url, per_second, rig.options.seed).write(2.0))

    writing = threading.Thread(target=work)
    writing.start()
    try:
        yield
    finally:
        stop.set()
        writing.join()


def _page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    return context.new_page()


def _wait(page: Page, name: str, value: str) -> None:
    page.wait_for_function(f"() => window.__toancanh?.{name} === {value}", timeout=90_000)
