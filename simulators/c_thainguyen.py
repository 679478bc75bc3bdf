# SPDX-License-Identifier: Apache-2.0
"""The citizen app C-ThaiNguyen: posts reports to a GeoReport v2 server, tries again, and asks until they are closed.

Every report has an Idempotency-Key of its own. Some are sent twice, as phones do that lost the answer: the server must
answer the same id. The forms carry what such apps send about people (all of it invented), which the server must drop.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from simulators.keys import add_key, key_of
from simulators.report_texts import write

SOURCE = "c-thainguyen"
_LISTED = 50
_BUSY = {429, 502, 503, 504}


@dataclass(frozen=True)
class Manner:
    """How the app behaves.

    Args:
        count: reports to post.
        rate: reports a second, 0 for as fast as it goes.
        duplicates: share of reports that are posted once more under their key.
        corrupt: share of reports that are no reports: an unknown service, no place, a picture.
        form: json or xml.
    """

    count: int = 20
    rate: float = 1.0
    duplicates: float = 0.15
    corrupt: float = 0.0
    seed: str = "app"
    form: str = "json"


@dataclass
class App:
    """The app and what it knows: ids of its reports, and what the server said of each."""

    client: httpx.Client
    key: str
    manner: Manner = field(default_factory=Manner)
    stop: threading.Event = field(default_factory=threading.Event)
    status: dict[str, str] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def post_all(self) -> None:
        """Post every report."""
        for number in range(self.manner.count):
            if self.stop.is_set():
                return
            self._post(number)
            if self.manner.rate > 0:
                self.stop.wait(1 / self.manner.rate)

    def watch(self, every_s: float, patience_s: float) -> None:
        """Ask for all reports that are open, until none is, or patience ends."""
        deadline = time.monotonic() + patience_s
        while not self.stop.is_set():
            self.ask()
            if not self.open_reports or time.monotonic() > deadline:
                return
            self.stop.wait(every_s)

    def ask(self) -> None:
        """Ask once for all reports that are open."""
        waiting = self.open_reports
        for start in range(0, len(waiting), _LISTED):
            names = ",".join(waiting[start : start + _LISTED])
            parameters = {"service_request_id": names, "api_key": self.key}
            answer = self._send("GET", "/requests.json", params=parameters)
            for report in answer.json() if answer.status_code == 200 else []:
                self.status[report["service_request_id"]] = report["status"]

    @property
    def open_reports(self) -> list[str]:
        """Ids of reports that are not closed."""
        return [name for name, status in self.status.items() if status != "closed"]

    def summary(self) -> dict[str, Any]:
        """What happened, in numbers."""
        closed = sum(status == "closed" for status in self.status.values())
        return {**self.told, "reports": len(self.status), "closed": closed, "open": len(self.status) - closed}

    def _post(self, number: int) -> None:
        rng = Random(f"{self.manner.seed}/{number}")
        fields, files = self._form(rng, number)
        key = f"{self.manner.seed}-{number}-{rng.getrandbits(64):016x}"
        names = set()
        for attempt in range(1 + (rng.random() < self.manner.duplicates)):
            answer = self._send(
                "POST", f"/requests.{self.manner.form}", data=fields, files=files, headers={"Idempotency-Key": key}
            )
            self.told["posted" if attempt == 0 else "repeated"] += 1
            if answer.status_code != 200:
                self.told[f"refused_{answer.status_code}"] += 1
                continue
            names.add(_id(answer))
        if len(names) > 1:
            self.told["doubled"] += 1
        for name in names:
            self.status.setdefault(name, "open")

    def _form(self, rng: Random, number: int) -> tuple[dict[str, str], dict[str, Any] | None]:
        written = write(rng)
        fields = {
            "api_key": self.key,
            "service_code": written.topic.code,
            "description": written.text,
            "address_string": written.address,
            "account_id": f"tai-khoan-mo-phong-{number}",
            "first_name": "Người-Gửi-Mô-Phỏng",
            "email": f"nguoi.gui.{number}@example.vn",
            "phone": f"0900{number % 1_000_000:06d}",
        }
        if written.lat is not None and written.lon is not None:
            fields |= {"lat": str(written.lat), "long": str(written.lon)}
        if rng.random() < 0.2:
            fields["media_url"] = f"https://anh.example.vn/{number}.jpg"
        if rng.random() >= self.manner.corrupt:
            return fields, None
        match rng.randrange(3):
            case 0:
                return fields | {"service_code": "033"}, None
            case 1:
                for name in ("lat", "long", "address_string"):
                    fields.pop(name, None)
                return fields, None
        return fields, {"media": ("anh.jpg", b"\xff\xd8" + b"\x00" * 2000, "image/jpeg")}

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """With patience for a server that restarts or is busy."""
        for attempt in range(12):
            try:
                answer = self.client.request(method, path, **arguments)
                if answer.status_code not in _BUSY:
                    return answer
            except httpx.TransportError:
                self.told["lost"] += 1
            self.stop.wait(min(5.0, 0.1 * 2**attempt))
        raise SystemExit(f"the server at {self.client.base_url} does not answer")


def _id(answer: httpx.Response) -> str:
    if "json" in answer.headers["content-type"]:
        return str(answer.json()[0]["service_request_id"])
    return answer.text.partition("<service_request_id>")[2].partition("</")[0]


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate c-thainguyen", description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    add_key(parser, SOURCE)
    parser.add_argument("--seed", default=f"app-{int(time.time())}", help="the same again posts the same reports")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rate", type=float, default=1.0, help="reports a second; 0: as fast as it goes")
    parser.add_argument("--duplicates", type=float, default=0.15, help="share of reports that are posted twice")
    parser.add_argument("--corrupt", type=float, default=0.0, help="share of posts that are no reports")
    parser.add_argument("--form", choices=("json", "xml"), default="json")
    parser.add_argument("--watch-s", type=float, default=0.0, help="ask so long for what became of them")
    parser.add_argument("--every-s", type=float, default=5.0, help="ask so often")
    chosen = parser.parse_args(argv)
    manner = Manner(chosen.count, chosen.rate, chosen.duplicates, chosen.corrupt, chosen.seed, chosen.form)
    base = chosen.url.rstrip("/") + "/open311/v2"
    with httpx.Client(base_url=base, timeout=httpx.Timeout(30.0, connect=5.0), trust_env=False) as client:
        app = App(client, key_of(chosen, SOURCE), manner)
        signal.signal(signal.SIGTERM, lambda *_: app.stop.set())
        signal.signal(signal.SIGINT, lambda *_: app.stop.set())
        app.post_all()
        app.watch(chosen.every_s, chosen.watch_s)
        print(json.dumps(app.summary()), flush=True)
    return 1 if app.told["doubled"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
