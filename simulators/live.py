# SPDX-License-Identifier: Apache-2.0
"""The live trickle: what happens next, as records to push; it runs until it is stopped."""

import sys
import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from simulators import alerts, incidents, sensors
from simulators.boundaries import Json
from simulators.dataset import Dataset
from simulators.door import Door, DoorError
from simulators.moments import VIETNAM, revision, rfc3339

OPEN_AT_MOST = 600
CLOSED_KEPT = 1500
ALERTS_KEPT = 200
OFFLINE_AT_MOST = 40
LIVE_PREFIX = "TT-"  # "trực tiếp": ids of live records, apart from those of the load
_NEXT = {"new": "assigned", "assigned": "in_progress", "in_progress": "resolved"}
_CLOSED = ("resolved", "rejected")
_HAPPENINGS = {"report": 32, "progress": 51, "camera": 7, "sensor": 9.6, "alert": 0.4}
# What we take over of a feature's properties; the server adds others that are not part of a record.
_KEPT = (
    *("title", "kind", "severity", "status", "description", "instruction", "agency", "channel"),
    "location_radius_m",
)

Push = tuple[str, list[Json]]


class Trickle:
    """The state of the live world; `step` says what changes next. Knows neither HTTP nor the clock."""

    def __init__(self, dataset: Dataset, rng: Random) -> None:
        self._scene = dataset.scene
        self._rng = rng
        self._cameras = {record["id"]: record for record in dataset.part("cameras").items}
        self._sensors = {record["id"]: record for record in dataset.part("sensors").items}
        self._offline = {key for key, record in self._cameras.items() if record["status"] != "online"}
        self._alerts: dict[str, Json] = {}
        self._old_alerts: deque[Json] = deque()
        self._closed: deque[Json] = deque()
        self._last_moment = datetime.min.replace(tzinfo=VIETNAM)
        self.open: dict[str, Json] = {}

    def adopt(self, layer: str, features: Iterable[Json]) -> None:
        """Take over what an earlier run left on the server, so that nothing stays open for ever."""
        for feature in sorted(features, key=lambda f: str(f["properties"]["external_id"])):
            record = _record(feature)
            live = str(record["id"]).startswith(LIVE_PREFIX)
            if layer == "cameras" and record["id"] in self._cameras:
                self._offline.add(record["id"])
            elif layer == "alerts" and record["status"] == "actual" and "end_time" in record:
                self._alerts[record["id"]] = _as_feature(feature["geometry"], record)
            elif layer == "alerts" and live:
                self._old_alerts.append(record)
            elif layer == "incidents" and live:
                if record["status"] in _CLOSED:
                    self._closed.append(record)
                else:
                    self.open[record["id"]] = record

    def step(self, now: datetime) -> Push:
        """The next change: a layer and the records to push to it, never empty."""
        return self._tidying(now) or self._happening(now)

    def _tidying(self, now: datetime) -> Push | None:
        over = [a for a in self._alerts.values() if _ended(a, now)]
        if over:
            return "alerts", [self._expire(alert) for alert in over[:50]]
        if len(self._closed) > CLOSED_KEPT:
            return "incidents", [_withdrawn(self._closed.popleft()) for _ in range(20)]
        if len(self._old_alerts) > ALERTS_KEPT:
            return "alerts", [_withdrawn(self._old_alerts.popleft())]
        if len(self.open) > OPEN_AT_MOST:
            return "incidents", [self._close_oldest()]
        return None

    def _happening(self, now: datetime) -> Push:
        happening = self._rng.choices(list(_HAPPENINGS), list(_HAPPENINGS.values()))[0]
        if happening == "camera":
            return "cameras", [self._camera(now)]
        if happening == "sensor":
            return "sensors", [self._sensor(now)]
        if happening == "alert":
            return "alerts", [self._alert(now)]
        if happening == "progress" and self.open:
            return "incidents", [self._progress()]
        return "incidents", [self._report(now)]

    def _report(self, now: datetime) -> Json:
        record = incidents.compose(self._rng, self._scene, now) | {"id": self._new_id(now), "revision": 1}
        self.open[record["id"]] = record
        return record

    def _progress(self) -> Json:
        record = self.open[self._rng.choice(list(self.open))]
        refused = record["status"] == "new" and self._rng.random() < 0.05
        return self._move(record, "rejected" if refused else _NEXT[record["status"]])

    def _close_oldest(self) -> Json:
        return self._move(next(iter(self.open.values())), "resolved")

    def _move(self, record: Json, status: str) -> Json:
        changed = incidents.with_status(record, status) | {"revision": int(record["revision"]) + 1}
        if status in _CLOSED:
            del self.open[record["id"]]
            self._closed.append(changed)
        else:
            self.open[record["id"]] = changed
        return changed

    def _camera(self, now: datetime) -> Json:
        back = self._offline and (len(self._offline) > OFFLINE_AT_MOST or self._rng.random() < 0.55)
        key = self._rng.choice(sorted(self._offline if back else self._cameras.keys() - self._offline))
        (self._offline.discard if back else self._offline.add)(key)
        record = self._cameras[key]
        later = max(revision(now), record.get("revision", 0) + 1)
        self._cameras[key] = record | {"status": "online" if back else "offline", "revision": later}
        return self._cameras[key]

    def _sensor(self, now: datetime) -> Json:
        key = self._rng.choice(sorted(self._sensors))
        self._sensors[key] = sensors.next_reading(self._rng, self._sensors[key], now)
        return self._sensors[key]

    def _alert(self, now: datetime) -> Json:
        feature = alerts.compose(self._rng, self._scene, now)
        feature["id"] = self._new_id(now)
        feature["properties"]["revision"] = 1
        self._alerts[feature["id"]] = feature
        return feature

    def _expire(self, alert: Json) -> Json:
        del self._alerts[alert["id"]]
        given = alert["properties"]
        revised = int(given["revision"]) + 1
        if str(alert["id"]).startswith(LIVE_PREFIX):
            self._old_alerts.append({"id": alert["id"], "revision": revised})
        return alert | {"properties": given | {"status": "expired", "revision": revised}}

    def _new_id(self, now: datetime) -> str:
        # The time to the millisecond is unique across restarts; within one it is pushed on when it repeats.
        self._last_moment = max(now, self._last_moment + timedelta(milliseconds=1))
        local = self._last_moment.astimezone(VIETNAM)
        return f"{LIVE_PREFIX}{local:%Y%m%d-%H%M%S}-{local.microsecond // 1000:03d}"


def trickle(door: Door, dataset: Dataset, rate: float, stop: threading.Event) -> None:
    """Push one change after another, `rate` a second on average, until `stop` is set."""
    began = datetime.now(VIETNAM)
    rng = Random(f"live/{began.isoformat()}")
    world = Trickle(dataset, rng)
    _adopt_all(world, door)
    print(f"live trickle: {rate:g} changes a second, {len(world.open)} reports taken over", flush=True)
    while not stop.wait(rng.triangular(0.5, 2.0, 0.5) / rate):
        layer, records = world.step(datetime.now(VIETNAM))
        payload: Json | list[Json] = records
        if records[0].get("type") == "Feature":
            payload = {"type": "FeatureCollection", "features": records}
        for problem in door.push(layer, payload).get("rejected", []):
            print(f"live trickle: {layer} refused: {problem}", file=sys.stderr, flush=True)


def _adopt_all(world: Trickle, door: Door) -> None:
    try:
        for status in (*_NEXT, *_CLOSED):
            world.adopt("incidents", list(door.items("incidents", status=status)))
        world.adopt("cameras", list(door.items("cameras", status="offline")))
        for status in ("actual", "expired"):
            world.adopt("alerts", list(door.items("alerts", status=status)))
    except DoorError as error:
        print(f"live trickle: earlier records could not be read: {error}", file=sys.stderr, flush=True)


def _record(feature: Json) -> Json:
    """The record that a feature of the items answer was pushed as; coordinates of a point as lon and lat."""
    given = feature["properties"]
    record: Json = {name: given[name] for name in _KEPT if given.get(name) is not None}
    record["id"] = given["external_id"]
    record["revision"] = int(given.get("revision") or 0)
    for ours, theirs in (("time", "valid_from"), ("end_time", "valid_to")):
        if given.get(theirs):
            record[ours] = rfc3339(datetime.fromisoformat(str(given[theirs]).replace("Z", "+00:00")))
    geometry = feature.get("geometry")
    if geometry and geometry["type"] == "Point":
        record["lon"], record["lat"] = geometry["coordinates"][:2]
    return record


def _as_feature(geometry: Json, record: Json) -> Json:
    properties = {name: value for name, value in record.items() if name not in {"id", "lon", "lat"}}
    return {"type": "Feature", "id": record["id"], "geometry": geometry, "properties": properties}


def _ended(alert: Json, now: datetime) -> bool:
    return datetime.fromisoformat(alert["properties"]["end_time"]) <= now


def _withdrawn(record: Json) -> Json:
    return {"id": record["id"], "revision": int(record["revision"]) + 1, "withdrawn": True}
