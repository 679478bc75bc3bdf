# SPDX-License-Identifier: Apache-2.0
"""Another city's GeoReport v2 endpoint, to be polled: JSON and XML, reports that move on, and bad habits on request.

    GET /open311/v2/requests.json    service_request_id, service_code, start_date, end_date, status
    GET /open311/v2/services.json    and discovery, services/{code}, requests/{id}; .xml everywhere

Answers have at most 1,000 reports of 90 days. With --extensions also updated_after, page and page_size. What a report
is now follows from the seed and the clock alone, so that a restarted city tells the same story.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any
from xml.etree import ElementTree

from simulators.report_texts import TOPICS, Written, write
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8311
ROOT = "/open311/v2"
LOCAL = timezone(timedelta(hours=7))
MOST = 1000
_ENDS = (
    ("resolved", 78, "Đã xử lý xong"),
    ("rejected", 12, "Không thuộc thẩm quyền"),
    ("duplicate", 10, "Trùng phản ánh"),
)
_OPEN = (("received", None), ("verified", None), ("assigned", "Đã chuyển đơn vị xử lý"), ("in_progress", "Đang xử lý"))
_ELEMENTS = {"services": "service", "service_requests": "request", "attributes": "attribute", "errors": "error",
             "endpoints": "endpoint", "formats": "format", "x_extensions": "extension"}  # fmt: skip


@dataclass(frozen=True)
class Habits:
    """What this city does and how badly; shares are of reports, of rows or of answers.

    Args:
        late: reports whose last change comes weeks after they were made.
        repeated: rows that are listed twice.
        corrupt: answers that are cut off in the middle.
        nameless: times without an offset.
    """

    extensions: bool = False
    late: float = 0.1
    repeated: float = 0.05
    corrupt: float = 0.0
    nameless: float = 0.05


@dataclass(frozen=True)
class Report:
    """One report and what happens to it when."""

    number: int
    requested: datetime
    written: Written
    steps: tuple[tuple[datetime, str, str | None], ...]
    has_offset: bool = True

    def now(self, moment: datetime) -> tuple[datetime, str, str | None]:
        """The last step until the moment."""
        return [step for step in self.steps if step[0] <= moment][-1]


@dataclass
class City(Service):
    """The endpoint.

    Args:
        count: reports of the 100 days before the start.
        rate: new ones a minute after it.
        speed: how many times faster than life a report moves on.
    """

    seed: str = "city"
    count: int = 400
    rate: float = 2.0
    speed: float = 1.0
    habits: Habits = field(default_factory=Habits)
    clock: Callable[[], float] = time.time
    bad: BadDays = field(default_factory=BadDays)

    def __post_init__(self) -> None:
        super().__init__(self.bad)
        self.start = datetime.fromtimestamp(self.clock() // 60 * 60, UTC)
        self._reports = [self._report(number) for number in range(self.count)]

    def reports(self) -> list[Report]:
        """What has been reported until now."""
        now = self.moment
        while len(self._reports) < self.count + self.rate * (now - self.start).total_seconds() / 60:
            self._reports.append(self._report(len(self._reports)))
        return [one for one in self._reports if one.requested <= now]

    @property
    def moment(self) -> datetime:
        """Now."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        name, dot, form = asked.path.removeprefix(ROOT).strip("/").rpartition(".")
        if not asked.path.startswith(ROOT) or not dot or form not in ("json", "xml"):
            return _reply("errors", [{"code": 404, "description": "not found"}], "xml", 404)
        kind, _, key = name.partition("/")
        try:
            tag, value = self._value(kind, key, asked.query)
        except ValueError as error:
            return _reply("errors", [{"code": 400, "description": str(error)}], form, 400)
        if value is None:
            return _reply("errors", [{"code": 404, "description": "not found"}], form, 404)
        reply = _reply(tag, value, form)
        if kind == "requests" and Random(f"{self.seed}/{len(self.asked)}").random() < self.habits.corrupt:
            return Reply(200, reply.body[: len(reply.body) // 2], reply.content_type)
        return reply

    def _value(self, kind: str, key: str, query: dict[str, str]) -> tuple[str, Any]:
        match kind:
            case "discovery":
                return "discovery", self._discovery()
            case "services" if not key:
                return "services", [{"service_code": one.city_code, "service_name": one.name, "metadata": False,
                                     "type": "realtime", "group": "Thành phố"} for one in TOPICS]  # fmt: skip
            case "services":
                known = any(one.city_code == key for one in TOPICS)
                return "service_definition", {"service_code": key, "attributes": []} if known else None
            case "requests" if key:
                found = [self.row(one) for one in self.reports() if str(_id(one)) == key]
                return "service_requests", found or None
            case "requests":
                return "service_requests", self._rows(query)
        return "errors", None

    def _discovery(self) -> dict[str, Any]:
        endpoint: dict[str, Any] = {"specification": "http://wiki.open311.org/GeoReport_v2", "url": ROOT,
                                    "type": "test", "formats": ["text/xml", "application/json"]}  # fmt: skip
        if self.habits.extensions:
            endpoint["x_extensions"] = ["updated_after", "page", "page_size"]
        return {"changeset": "2026-01-01 00:00", "contact": "see our page", "endpoints": [endpoint]}

    def _rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        now = self.moment
        chosen = self.reports()
        if query.get("service_request_id"):
            wanted = set(query["service_request_id"].split(","))
            return [self.row(one) for one in chosen if str(_id(one)) in wanted]
        since = _moment(query.get("updated_after")) if self.habits.extensions else None
        start, end = _moment(query.get("start_date")), _moment(query.get("end_date"))
        if since is not None:
            chosen = sorted((one for one in chosen if one.now(now)[0] > since), key=lambda one: one.now(now)[0])
        else:
            end = end or now
            start = start or end - timedelta(days=90)
            if end - start > timedelta(days=90):
                raise ValueError("may not span more than 90 days")
            within = (one for one in chosen if start <= one.requested <= end)
            chosen = sorted(within, key=lambda one: one.requested, reverse=True)
        if query.get("service_code"):
            chosen = [one for one in chosen if one.written.topic.city_code in query["service_code"].split(",")]
        rows = [row for row in map(self.row, chosen) if row["status"] in query.get("status", "open,closed").split(",")]
        size = min(int(query.get("page_size") or MOST), MOST) if self.habits.extensions else MOST
        page = int(query.get("page") or 1) if self.habits.extensions else 1
        rows = rows[(page - 1) * size : page * size]
        return rows if self.habits.extensions else (rows + self._again(rows))[:MOST]

    def _again(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        repeated = self.habits.repeated
        return [row for row in rows if Random(f"{self.seed}/{row['service_request_id']}").random() < repeated]

    def row(self, one: Report) -> dict[str, Any]:
        """A report as the standard has it, with what a careless endpoint tells of the person as well."""
        updated, status, notes = one.now(self.moment)
        text = one.written
        told: dict[str, Any] = {
            "service_request_id": _id(one),
            "status": "closed" if status in {name for name, _, _ in _ENDS} else "open",
            "status_notes": notes,
            "service_name": text.topic.name,
            "service_code": text.topic.city_code,
            "description": f"{text.text}. Liên hệ 0900 {one.number % 1000:03d} 000",
            "agency_responsible": None,
            "requested_datetime": _told(one.requested, has_offset=one.has_offset),
            "updated_datetime": _told(updated, has_offset=one.has_offset),
            "address": text.address,
            "lat": text.lat,
            "long": text.lon,
            "media_url": None,
            "email": f"nguoi.gui.{one.number}@example.vn",
            "first_name": "Người-Gửi-Mô-Phỏng",
        }
        if self.habits.extensions:
            told["x_status"] = status
        return told

    def _report(self, number: int) -> Report:
        rng = Random(f"{self.seed}/report/{number}")
        if number < self.count:
            requested = self.start - timedelta(seconds=rng.uniform(60, 100 * 86_400))
        else:
            requested = self.start + timedelta(minutes=(number - self.count + 1) / self.rate)
        requested = requested.replace(microsecond=0)
        steps: list[tuple[datetime, str, str | None]] = []
        at = requested
        for status, notes in _OPEN:
            steps.append((at, status, notes))
            at += timedelta(seconds=max(1, round(rng.expovariate(1 / 20_000) / self.speed)))
        end, _, notes = rng.choices(_ENDS, [weight for _, weight, _ in _ENDS])[0]
        if rng.random() < self.habits.late:
            at += timedelta(days=rng.uniform(25, 60) / self.speed)
        steps.append((at.replace(microsecond=0), end, notes))
        return Report(number, requested, write(rng), tuple(steps), rng.random() >= self.habits.nameless)


def _id(one: Report) -> int:
    return 500_001 + one.number


def _told(moment: datetime, *, has_offset: bool) -> str:
    local = moment.astimezone(LOCAL)
    return local.isoformat() if has_offset else local.replace(tzinfo=None).isoformat()


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("a date needs its offset")
    return moment


def _reply(tag: str, value: Any, form: str, status: int = 200) -> Reply:
    if form == "json":
        return as_json(value, status)
    body = ElementTree.tostring(_element(tag, value), encoding="utf-8", xml_declaration=True)
    return Reply(status, body, "text/xml; charset=utf-8")


def _element(tag: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(tag)
    if isinstance(value, dict):
        element.extend([_element(name, member) for name, member in value.items()])
    elif isinstance(value, list):
        element.extend([_element(_ELEMENTS[tag], member) for member in value])
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return element


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate open311-city", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="city")
    parser.add_argument("--count", type=int, default=400, help="reports of the 100 days before now")
    parser.add_argument("--rate", type=float, default=2.0, help="new reports a minute")
    parser.add_argument("--speed", type=float, default=1.0, help="times faster than life that reports move on")
    parser.add_argument("--extensions", action="store_true", help="knows updated_after, page and page_size")
    parser.add_argument("--late", type=float, default=0.1, help="share of reports that change weeks later")
    parser.add_argument("--duplicates", type=float, default=0.05, help="share of rows that are listed twice")
    parser.add_argument("--corrupt", type=float, default=0.0, help="share of answers that are cut off")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    chosen = parser.parse_args(argv)
    habits = Habits(chosen.extensions, chosen.late, chosen.duplicates, chosen.corrupt)
    bad = BadDays(chosen.seed, chosen.busy, chosen.down)
    city = City(chosen.seed, chosen.count, chosen.rate, chosen.speed, habits, bad=bad)
    return run(city, chosen.port, "city's reports at {url}" + ROOT)
