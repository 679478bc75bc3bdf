# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the worker, of the job and of PostgreSQL while boundaries are checked, published and rolled back.

Afterwards either the old or the new version is there, never a mixture; the job ended, or says why it did not.
"""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg2

from api.cli import migrate_all
from api.settings import Settings
from faults.boundary_desk import NEW_SET, OLD_SET, Desk, Standing, standing
from faults.conftest import Postgres
from faults.processes import kill_commands
from geo.db import cluster_files as files
from simulators.boundaries import CITY_SET, upload
from simulators.door import Door
from tests.conftest import new_key_of
from tests.support.stack import Stack, running_stack

DEATHS = 30
POINTS = 4_000


@contextmanager
def watched(url: str) -> Iterator[dict[str, Any]]:
    """Somebody who looks at the sets all the time; what he saw."""
    seen: dict[str, Any] = {"answers": 0, "pictures": Counter()}
    stop = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=url, timeout=10) as client:
            while not stop.wait(0.02):
                try:
                    answer = client.get("/boundaries/sets")
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    picture = tuple((one["id"], one["units"], one["valid_to"]) for one in answer.json()["sets"])
                    seen["answers"] += 1
                    seen["pictures"][picture] += 1

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


class Reaper:
    """Kills one victim at a random moment of a job, and brings it back."""

    def __init__(self, stack: Stack, postgres: Postgres, chance: random.Random) -> None:
        self._stack, self._postgres, self._chance = stack, postgres, chance
        self._victims = [victim for victim in ("worker", "job", "postgres") for _ in range(DEATHS // 3)]
        chance.shuffle(self._victims)
        self.deaths: Counter[str] = Counter()

    def strike(self, what: str, within_s: float) -> None:
        time.sleep(self._chance.uniform(0, within_s))
        victim = self._victims.pop()
        self.deaths[f"{victim} during {what}"] += 1
        if victim == "postgres":
            self._postgres.kill()
            self._postgres.start()
        elif victim == "worker":
            self._stack.kill("worker", signal.SIGKILL)
            self._stack.start("worker")
        else:
            kill_commands("api.cli job ")


def test_the_old_or_the_new_version_and_never_a_mixture(
    postgres: Postgres, tmp_path: Path, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    gis = new_key_of(serving, "gis", "--role", "gis")
    with running_stack(serving, tmp_path, "serve", "relay", "worker") as stack:
        _fill(stack.url, new_key_of(serving, "demo"))
        desk = Desk(stack.url, gis)
        draft = desk.upload()
        legal = desk.json("POST", "/boundaries/legal", json=_DECREE)["id"]
        assert desk.settled(draft)["state"] == "checked"
        undisturbed = {"check": _timed(lambda: _checked(desk, draft, legal=legal))}
        old = standing(serving)
        undisturbed["publish"] = _timed(lambda: _published(desk, draft))
        new = standing(serving)
        undisturbed["rollback"] = _timed(lambda: _rolled_back(desk))
        assert standing(serving) == old and old.whole and new.whole
        assert (old.published, new.published) == ((OLD_SET,), (OLD_SET, NEW_SET))
        reaper = Reaper(stack, postgres, random.Random(17))
        with watched(stack.url) as seen:
            ended = _trials(desk, draft, reaper, undisturbed, lambda: _is_whole(serving, old, new))
        last = standing(serving)
        desk.close()
    assert len(seen["pictures"]) == 2, seen["pictures"]
    keep("boundary_deaths", {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "deaths": dict(reaper.deaths),
        "undisturbed_s": {name: round(took, 2) for name, took in undisturbed.items()}, "jobs_ended": dict(ended),
        "answers_meanwhile": seen["answers"], "different_pictures": len(seen["pictures"]),
        "points": POINTS, "last_published": list(last.published),
    })  # fmt: skip


def _fill(url: str, key: str) -> None:
    door = Door(url, key, patience_s=60, stop=threading.Event())
    door.push("units", upload(CITY_SET))
    door.push("incidents", [_incident(number) for number in range(POINTS)])
    door.close()


def _trials(
    desk: Desk, draft: int, reaper: Reaper, undisturbed: dict[str, float], check: Callable[[], Standing]
) -> "Counter[str]":
    ended: Counter[str] = Counter()
    checked = 0
    for _ in range(DEATHS):
        now = check()
        # A check, a publication and the way back, in turns.
        what = "rollback" if NEW_SET in now.published else "publish" if checked % 2 else "check"
        checked += what != "rollback"
        job = _begin(desk, draft, what)
        reaper.strike(what, undisturbed[what])
        found = desk.job(job)
        if found["state"] == "failed":
            assert found["problem"]["code"] and found["problem"]["detail"]
        ended[f"{what} {found['state']}"] += 1
        after = check()
        if found["state"] == "done" and what != "check":
            assert (NEW_SET in after.published) == (what == "publish")
        if what == "check" or found["state"] != "done":
            desk.settled(draft)
    return ended


def _begin(desk: Desk, draft: int, what: str) -> int:
    if what == "rollback":
        return _rollback(desk)
    if what == "publish":
        if desk.json("GET", f"/boundaries/drafts/{draft}")["state"] != "checked":
            _checked(desk, draft)
        return _publish(desk, draft)
    job: int = desk.change(draft, repairs=[], title=f"Thử {random.random()}", scope=None)["job"]["id"]
    return job


def _checked(desk: Desk, draft: int, **values: Any) -> None:
    known = desk.json("GET", f"/boundaries/drafts/{draft}")
    repairs = [] if known["repairs"] else ["points.drop_repeated"]
    desk.change(draft, repairs=repairs, **values)
    assert desk.settled(draft)["state"] == "checked"


def _publish(desk: Desk, draft: int) -> int:
    body = {"confirm": NEW_SET, "reason": "thử"}
    job: int = desk.json("POST", f"/boundaries/drafts/{draft}/publication", json=body)["job"]["id"]
    return job


def _published(desk: Desk, draft: int) -> None:
    assert desk.job(_publish(desk, draft))["state"] == "done"


def _rollback(desk: Desk) -> int:
    newest = desk.json("GET", "/boundaries/publications")["publications"][0]["id"]
    body = {"confirm": NEW_SET, "reason": "thử"}
    job: int = desk.json("POST", f"/boundaries/publications/{newest}/rollback", json=body)["job"]["id"]
    return job


def _rolled_back(desk: Desk) -> None:
    assert desk.job(_rollback(desk))["state"] == "done"


def _is_whole(url: str, old: Standing, new: Standing) -> Standing:
    deadline = time.monotonic() + 60
    while True:
        try:
            found = standing(url)
            break
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert found in (old, new), found
    return found


def _timed(work: Callable[[], None]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _incident(number: int) -> dict[str, Any]:
    return {
        "id": f"d-{number}", "revision": 1, "title": f"Sự việc {number}", "kind": "traffic",
        "time": "2026-11-20T08:00:00+07:00", "lon": round(105.74 + number % 211 / 1000, 6),
        "lat": round(21.50 + number % 173 / 1000, 6),
    }  # fmt: skip


_DECREE = {
    "number": "1683/NQ-UBTVQH15", "issuer": "Ủy ban Thường vụ Quốc hội", "title": "Sắp xếp đơn vị hành chính cấp xã",
    "signed_on": "2025-06-16", "effective_on": "2025-07-01", "file": None,
}  # fmt: skip
