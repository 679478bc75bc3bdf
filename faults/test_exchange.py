# SPDX-License-Identifier: Apache-2.0
"""Two servers peered both ways for 5,000 incidents, each changed later; one of them is killed in the middle.

No incident is lost, none comes back to its maker, and nothing is told over and over.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from faults.conftest import Postgres
from geo.db import cluster_files as files
from tests.conftest import _database, migrated
from tests.support.peers import PROCESSES, Peer, running_peers
from tests.support.stack import wait_for

EACH = 2_500
BATCH = 50
_FACTS = """
select external_id, kind, severity, status, valid_from, properties, ST_AsText(geom), location_radius_m, location_method
from feature where source = %s
"""


def test_no_echo_no_loss_with_one_of_them_killed_in_the_middle(
    postgres: Postgres, tmp_path: Path, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    cluster_url = postgres.cluster.url(files.SUPERUSER, "postgres")
    made = [_database(cluster_url), _database(cluster_url)]
    first, second = (migrated(next(one)) for one in made)
    began = time.monotonic()
    with running_peers((first, second), tmp_path, "incidents") as (province, city):
        writers = [threading.Thread(target=_write, args=(peer, seed)) for seed, peer in enumerate((province, city))]
        for writer in writers:
            writer.start()
        wait_for(lambda: _own(city) > EACH // 2, "the city has written half", timeout_s=300)
        for name in PROCESSES:
            city.stack.kill(name)
        dead_from = time.monotonic()
        wait_for(lambda: _own(province) >= EACH or time.monotonic() - dead_from > 5, "the province goes on")
        for name in PROCESSES:
            city.stack.start(name)
        city.stack.wait_ready()
        province.stack.kill("connect")
        province.stack.start("connect")
        for writer in writers:
            writer.join()
        written_s = time.monotonic() - began
        for peer, other in ((province, city), (city, province)):
            wait_for(_told(peer, other), f"{peer.name} knows everything of {other.name}", timeout_s=300)
        settled_s = time.monotonic() - began
        sent = {peer.name: peer.number("select sent from exchange_state") for peer in (province, city)}
        time.sleep(3)  # an echo would be on its way now
        for peer, other in ((province, city), (city, province)):
            foreign = f"ioc-{other.name}"
            assert peer.number("select count(*) from feature where source = %s", f"ioc-{peer.name}") == 0
            assert peer.number("select count(*) from feature") == 2 * EACH
            assert peer.number("select count(*) from dead_letter") == 0
            theirs = other.rows(_FACTS, "field")
            here = peer.rows(_FACTS, foreign)
            assert sorted(here, key=str) == sorted((("field~" + row[0], *row[1:]) for row in theirs), key=str)
            assert peer.number("select sent from exchange_state") == sent[peer.name], "nothing more is told"
            # Each incident was written twice; a change in between may have been told or not, and a death repeats pages.
            assert EACH <= sent[peer.name] <= 2 * EACH + 10 * 300
        keep("exchange", {
            "incidents": 2 * EACH, "changes": 4 * EACH, "events_sent": sent, "echoes": 0, "lost": 0,
            "written_s": round(written_s, 1), "settled_s": round(settled_s, 1),
        })  # fmt: skip
    for one in made:
        next(one, None)


def _own(peer: Peer) -> int:
    with contextlib.suppress(Exception):
        return peer.number("select count(*) from feature where source = 'field'")
    return 0


def _told(peer: Peer, other: Peer) -> Callable[[], bool]:
    query = "select count(*) from feature where source = %s and status = 'resolved'"
    return lambda: peer.number(query, f"ioc-{other.name}") == EACH


def _write(peer: Peer, seed: int) -> None:
    """Every incident twice: as it was reported, then as resolved; whatever fails is pushed again."""
    dice = random.Random(seed)
    for status in ("new", "resolved"):
        for start in range(0, EACH, BATCH):
            records = [_incident(peer.name, nth, status, dice) for nth in range(start, start + BATCH)]
            while True:
                try:
                    peer.push("incidents", records)
                    break
                except (httpx.HTTPError, AssertionError):
                    time.sleep(0.2)


def _incident(name: str, nth: int, status: str, dice: random.Random) -> dict[str, Any]:
    return {
        "id": f"{name}-{nth}",
        "title": f"Sự việc {nth}",
        "status": status,
        "severity": dice.choice(("low", "medium", "high", "critical")),
        "time": "2026-11-20T08:00:00+07:00",
        "lon": 105.7 + dice.random() / 4,
        "lat": 21.4 + dice.random() / 4,
    }
