# SPDX-License-Identifier: Apache-2.0
"""Traffic-violation cameras: ISAPI alerts with pictures, in bursts, twice, with wrong clocks; and a year as CSV files.

    simulate traffic-cameras --key-file KEY --count 500     posts to /ingest/traffic-cameras
    simulate traffic-cameras --csv FOLDER [--count 224301]  writes files for the drop folder

Plates in what it sends are obviously false (99X-000.00 and up): they are there to be dropped.
"""

import argparse
import csv
import io
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import httpx
from PIL import Image, ImageDraw

from simulators.door import BUSY, Door, DoorError
from simulators.keys import add_key, key_of

LOCAL = timezone(timedelta(hours=7))
YEAR_TOTAL = 224_301
_PER_FILE = 45_000
# The vendor's number, its own name for it, our label, and how often of a hundred.
_VIOLATIONS = (
    ("1625", "runRedLight", "Vượt đèn đỏ", 34),
    ("1603", "overSpeed", "Quá tốc độ", 22),
    ("1208", "notByLane", "Sai làn đường", 14),
    ("1345", "crossLine", "Đè vạch kẻ đường", 11),
    ("1240", "noHelmet", "Không đội mũ bảo hiểm", 9),
    ("1039", "illegalParking", "Dừng, đỗ sai quy định", 5),
    ("1301", "retrograde", "Đi ngược chiều", 3),
    ("8888", "somethingNew", "Hành vi khác", 2),
)
_WEIGHTS = [weight for *_, weight in _VIOLATIONS]
_STATUS = (("Chờ xác minh", 30), ("Đã xác minh", 60), ("Không vi phạm", 10))


@dataclass(frozen=True)
class Knobs:
    """How bad the world is, in shares of events; ``skew_s`` is the most that a camera's clock is wrong."""

    duplicates: float = 0.05
    corrupt: float = 0.0
    heartbeats: float = 0.1
    skew_s: float = 90.0
    pictures: int = 2


@dataclass(frozen=True)
class Post:
    """One request of a camera."""

    body: bytes
    content_type: str


def fake_plate(number: int) -> str:
    """A plate of no province."""
    return f"99X-{number % 100_000 // 100:03d}.{number % 100:02d}"


def posts(cameras: list[str], count: int, seed: str, now: datetime, knobs: Knobs) -> Iterator[Post]:
    """What the cameras send, in order: about ``count`` violations, and what comes with them."""
    rng = Random(f"{seed}/traffic")
    skew = {camera: rng.uniform(-knobs.skew_s, knobs.skew_s) for camera in cameras}
    picture = _picture()
    for number in range(count):
        camera = rng.choice(cameras)
        moment = now - timedelta(seconds=rng.uniform(0, 600)) + timedelta(seconds=skew[camera])
        if rng.random() < knobs.heartbeats:
            yield Post(_heartbeat(camera, moment).encode(), 'application/xml; charset="UTF-8"')
        post = _violation(rng, (camera, number), moment, [picture] * rng.randint(0, knobs.pictures))
        if rng.random() < knobs.corrupt:
            cut = rng.randrange(len(post.body) // 3)
            post = Post(post.body[:cut], post.content_type)
        yield post
        if rng.random() < knobs.duplicates:
            yield post


def _violation(rng: Random, which: tuple[str, int], moment: datetime, pictures: list[bytes]) -> Post:
    camera, number = which
    code, name, *_ = rng.choices(_VIOLATIONS, _WEIGHTS)[0]
    uuid = f"<UUID>{number:08x}-51a0-{rng.randrange(2**24):06x}</UUID>" if rng.random() < 0.8 else ""
    alert = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n'
        f"<ipAddress>10.20.7.{number % 250 + 1}</ipAddress><deviceID>{escape(camera)}</deviceID>"
        f"<channelID>1</channelID><dateTime>{moment.astimezone(LOCAL).isoformat(timespec='milliseconds')}</dateTime>"
        f"<activePostCount>1</activePostCount><eventType>ANPR</eventType><eventState>active</eventState>{uuid}\n"
        f"<ANPR><country>VN</country><licensePlate>{fake_plate(number)}</licensePlate><line>{rng.randint(1, 3)}</line>"
        f"<direction>forward</direction><confidenceLevel>{rng.randint(60, 99)}</confidenceLevel>"
        f"<vehicleType>{rng.choice(('motorbike', 'motorbike', 'vehicle', 'truck'))}</vehicleType>"
        f"<illegalInfo><illegalCode>{code}</illegalCode><illegalName>{name}</illegalName></illegalInfo></ANPR>\n"
        "</EventNotificationAlert>\n"
    )
    if not pictures:
        return Post(alert.encode(), 'application/xml; charset="UTF-8"')
    # Firmwares differ: the line end, the quotes around the boundary, whether there is an end.
    line = rng.choice((b"\r\n", b"\r\n", b"\n"))
    boundary = rng.choice(("boundary", "MIME_boundary", f"---------------------------{number}"))
    parts = [("anpr.xml", "text/xml", alert.encode())]
    parts += [(f"picture{index}.jpg", "image/jpeg", picture) for index, picture in enumerate(pictures)]
    body = b"".join(
        line.join((
            f"--{boundary}".encode(),
            f'Content-Disposition: form-data; name="{name}"; filename="{name}"'.encode(),
            f"Content-Type: {kind}".encode(), f"Content-Length: {len(content)}".encode(), b"", content, b"",
        ))
        for name, kind, content in parts
    )  # fmt: skip
    if rng.random() < 0.8:
        body += f"--{boundary}--".encode() + line
    quoted = f'"{boundary}"' if rng.random() < 0.3 else boundary
    return Post(body, f"multipart/form-data; boundary={quoted}")


def _heartbeat(camera: str, moment: datetime) -> str:
    return (
        f'<EventNotificationAlert version="2.0"><deviceID>{escape(camera)}</deviceID><channelID>1</channelID>'
        f"<dateTime>{moment.astimezone(LOCAL).isoformat()}</dateTime><eventType>videoloss</eventType>"
        "<eventState>inactive</eventState></EventNotificationAlert>"
    )


def _picture() -> bytes:
    picture = Image.new("RGB", (320, 180), (70, 70, 80))
    ImageDraw.Draw(picture).text((20, 80), "SIMULATED EVIDENCE", fill=(255, 255, 255))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=50)
    return made.getvalue()


def write_year(folder: Path, cameras: list[tuple[str, float, float]], count: int, seed: str, year: int) -> list[Path]:
    """A year of violations as CSV files, as a police system exports them; with a column of plates, to be dropped."""
    rng = Random(f"{seed}/year")
    folder.mkdir(parents=True, exist_ok=True)
    begin, seconds = datetime(year, 1, 1, tzinfo=LOCAL), 365 * 86_400
    files = []
    for start in range(0, count, _PER_FILE):
        file = folder / f"vi-pham-{year}-{start // _PER_FILE + 1:02d}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.writer(opened, delimiter=";")
            writer.writerow(("Mã", "Thời gian", "Hành vi", "Trạng thái", "Mã camera", "Kinh độ", "Vĩ độ", "Biển số xe"))
            for number in range(start, min(count, start + _PER_FILE)):
                camera, lon, lat = rng.choice(cameras)
                moment = begin + timedelta(seconds=rng.randrange(seconds))
                label = rng.choices(_VIOLATIONS, _WEIGHTS)[0][2]
                status = rng.choices([one for one, _ in _STATUS], [weight for _, weight in _STATUS])[0]
                writer.writerow((
                    f"VP-{year}-{number + 1:06d}", f"{moment:%d/%m/%Y %H:%M:%S}", label, status, camera,
                    f"{lon:.6f}".replace(".", ","), f"{lat:.6f}".replace(".", ","), fake_plate(number),
                ))  # fmt: skip
        files.append(file)
    return files


def _send(client: httpx.Client, path: str, post: Post, patience_s: float) -> dict[str, Any]:
    began = time.monotonic()
    while True:
        answer = client.post(path, content=post.body, headers={"Content-Type": post.content_type})
        if answer.status_code not in BUSY or time.monotonic() - began > patience_s:
            return {"status": answer.status_code, **(answer.json() if answer.content else {})}
        time.sleep(min(float(answer.headers.get("retry-after", "1")), 5.0))


def _cameras(options: argparse.Namespace, key: str) -> list[str]:
    if options.cameras:
        return list(options.cameras)
    door = Door(options.url, key, patience_s=30, stop=threading.Event())
    try:
        return [one["properties"]["external_id"] for one in door.items("cameras")][:60]
    finally:
        door.close()


def _push(options: argparse.Namespace, key: str) -> int:
    cameras = _cameras(options, key) or ["SIM-PLATE-1"]
    totals: dict[str, int] = {}
    knobs = Knobs(options.duplicates, options.corrupt, options.heartbeats, options.skew, options.pictures)
    # Cameras know names and passwords: the key is the password.
    with httpx.Client(base_url=options.url, auth=("camera", key), timeout=30, trust_env=False) as client:
        for post in posts(cameras, options.count, options.seed, datetime.now(UTC), knobs):
            told = _send(client, f"/ingest/{options.source}", post, 60)
            totals[str(told["status"])] = totals.get(str(told["status"]), 0) + 1
            for name in ("accepted", "changed", "unchanged", "unlocated"):
                totals[name] = totals.get(name, 0) + int(told.get(name, 0))
            if options.rate:
                time.sleep(1 / options.rate)
    print(" ".join(f"{name}={count}" for name, count in totals.items()))
    return 0 if set(totals) & {"200", "400"} else 1


def main(argv: list[str]) -> int:
    """Push, or write files."""
    parser = argparse.ArgumentParser(prog="simulate traffic-cameras", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--source", default="traffic-cameras")
    add_key(parser, "traffic-cameras")
    parser.add_argument("--count", type=int, help="violations: 200, or a year of 224,301 with --csv")
    parser.add_argument("--rate", type=float, default=20.0, help="posts a second; 0 is as fast as they go")
    parser.add_argument("--cameras", nargs="*", help="ids of the register; default: those of the server")
    parser.add_argument("--duplicates", type=float, default=0.05)
    parser.add_argument("--corrupt", type=float, default=0.0)
    parser.add_argument("--heartbeats", type=float, default=0.1)
    parser.add_argument("--skew", type=float, default=90.0, help="most seconds by which a clock is wrong")
    parser.add_argument("--pictures", type=int, default=2, help="most pictures in a post")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write files instead")
    parser.add_argument("--year", type=int, default=2025)
    options = parser.parse_args(argv)
    if options.csv is not None:
        rng = Random(f"{options.seed}/places")
        names = options.cameras or [f"SIM-PLATE-{number}" for number in range(1, 41)]
        cameras = [(name, 105.84 + rng.uniform(-0.03, 0.03), 21.59 + rng.uniform(-0.03, 0.03)) for name in names]
        for file in write_year(options.csv, cameras, options.count or YEAR_TOTAL, options.seed, options.year):
            print(file)
        return 0
    options.count = options.count or 200
    try:
        return _push(options, key_of(options, options.source))
    except (DoorError, OSError, httpx.HTTPError) as error:
        print(f"traffic-cameras: {error}", file=sys.stderr)
        return 1
