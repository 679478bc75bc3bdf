# SPDX-License-Identifier: Apache-2.0
"""Another make of IOC: tells of its incidents by CloudEvents, made by the SDK of the CloudEvents project.

One event a message in structured or binary mode, or many as a JSON batch; some twice, some late, some spoilt.
"""

import argparse
import json
import random
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from simulators.keys import add_key, key_of
from simulators.moments import VIETNAM

SOURCE = "city-ioc-events"
# Phổ Yên, roughly: west, south, east, north.
_BOX = (105.80, 21.36, 105.92, 21.48)
_CATEGORIES = ("giao_thong.un_tac", "moi_truong.rac", "ha_tang.nap_cong", "an_ninh.trom_cap", "thien_tai.ngap", "khac")
_STATES = ("received", "assigned", "in_progress", "resolved")
_TITLES = {"giao_thong": "Ùn tắc giao thông", "moi_truong": "Rác chưa thu gom", "ha_tang": "Nắp cống hỏng",
           "an_ninh": "Mất an ninh trật tự", "thien_tai": "Ngập đường", "khac": "Việc khác"}  # fmt: skip


def incident(dice: random.Random, nth: int, revision: int, now: datetime) -> CloudEvent:
    """The event of one revision of one incident; the incident is the same whenever it is asked for."""
    own = random.Random(f"peer/{nth}")
    category = own.choice(_CATEGORIES)
    west, south, east, north = _BOX
    place = [round(own.uniform(west, east), 6), round(own.uniform(south, north), 6)]
    moment = now - timedelta(minutes=own.randint(0, 600))
    properties: dict[str, Any] = {
        "category": category,
        "title": f"{_TITLES[category.partition('.')[0]]} số {nth}",
        "severity": own.choice(("minor", "moderate", "severe", "extreme")),
        "status": _STATES[min(revision, len(_STATES)) - 1],
        "revision": revision,
        "time": moment.isoformat(timespec="seconds"),
        "location": {"method": "source_coordinates", "radius_m": 30, "confidence": 0.95},
    }
    attributes = {
        "id": f"pho-yen:inc:{nth:05}:r{revision}:{dice.getrandbits(32):08x}",
        "source": "urn:ioc:pho-yen",
        "type": "vn.ioc.incident.updated.v1",
        "subject": f"incident/{nth:05}",
        "time": now,
        "datacontenttype": "application/json",
    }
    geometry = {"type": "Point", "coordinates": place}
    return CloudEvent(attributes, {"type": "Feature", "geometry": geometry, "properties": properties})


def messages(chosen: argparse.Namespace, dice: random.Random, now: datetime) -> list[tuple[dict[str, str], bytes]]:
    """What is sent, in order: every incident from its first to its last revision."""
    events = [
        incident(dice, nth, revision, now)
        for revision in range(1, chosen.revisions + 1)
        for nth in range(chosen.count)
    ]  # fmt: skip
    if dice.random() < chosen.late:
        dice.shuffle(events)
    sent: list[tuple[dict[str, str], bytes]] = []
    for event in events:
        made = to_binary_event(event) if chosen.mode == "binary" else to_structured_event(event)
        body = made.body[: len(made.body) // 2] if dice.random() < chosen.corrupt else made.body
        sent += [(made.headers, body)] * (2 if dice.random() < chosen.duplicates else 1)
    if chosen.mode == "batch":
        whole = [json.loads(body) for _, body in sent if body.endswith(b"}")]
        return [({"content-type": "application/cloudevents-batch+json"}, json.dumps(whole).encode())]
    return sent


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate peer-ioc", description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    add_key(parser, SOURCE)
    parser.add_argument("--mode", choices=("structured", "binary", "batch"), default="structured")
    parser.add_argument("--count", type=int, default=20, help="incidents")
    parser.add_argument("--revisions", type=int, default=3, help="of each incident")
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second; 0: as fast as it goes")
    parser.add_argument("--duplicates", type=float, default=0.1)
    parser.add_argument("--late", type=float, default=0.0, help="how likely revisions come out of order")
    parser.add_argument("--corrupt", type=float, default=0.0)
    parser.add_argument("--seed", default="peer")
    chosen = parser.parse_args(argv)
    dice = random.Random(chosen.seed)
    told: dict[str, int] = {}
    with httpx.Client(timeout=httpx.Timeout(30.0, connect=5.0), trust_env=False) as client:
        key = key_of(chosen, SOURCE)
        for headers, body in messages(chosen, dice, datetime.now(VIETNAM)):
            answer = client.post(
                f"{chosen.url.rstrip('/')}/ingest/{SOURCE}",
                content=body,
                headers={**headers, "Authorization": f"Bearer {key}"},
            )
            told[str(answer.status_code)] = told.get(str(answer.status_code), 0) + 1
            if answer.status_code == 200:
                for name in ("accepted", "changed", "unchanged", "stale"):
                    told[name] = told.get(name, 0) + answer.json()[name]
            if chosen.rate:
                time.sleep(1 / chosen.rate)
    print(json.dumps(told), flush=True)
    return 0
