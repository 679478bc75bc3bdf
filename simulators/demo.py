# SPDX-License-Identifier: Apache-2.0
"""The demonstration data of Toàn Cảnh: `load` pushes it, `live` keeps it moving, `export` writes files."""

import argparse
import json
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path

from simulators.dataset import SEED, Part, build
from simulators.door import Door, DoorError, Stopped
from simulators.live import trickle
from simulators.moments import midnight, today

BATCH = 500
COUNTS = ("accepted", "changed", "unchanged", "stale", "withdrawn", "retired", "unlocated")


def main(argv: list[str] | None = None) -> int:
    """Run one command; answers 0 when everything was taken, 1 when something was refused, 2 on misuse."""
    arguments = _parser().parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        if arguments.command == "load":
            return _load(arguments, stop)
        if arguments.command == "live":
            return _live(arguments, stop)
        return _export(arguments)
    except Stopped:
        return 0 if arguments.command == "live" else 130
    except (DoorError, OSError, ValueError) as error:
        print(f"simulators.demo: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulators.demo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("load", help="push everything once; the same again changes nothing")
    live = commands.add_parser("live", help="keep pushing changes until stopped")
    export = commands.add_parser("export", help="write the same records to files")
    for command in (load, live):
        command.add_argument("--url", required=True, help="address of the server")
        key = command.add_mutually_exclusive_group(required=True)
        key.add_argument("--key", help="push key of the source demo")
        key.add_argument("--key-file", type=Path, help="file with the key: it shows in no process list")
    for command in (load, live, export):
        command.add_argument("--date", type=date.fromisoformat, help="reference date, default today")
        command.add_argument("--seed", default=SEED, help="another seed gives another demonstration")
    load.add_argument("--patience", type=float, default=120.0, help="seconds to wait for the server")
    live.add_argument("--rate", type=float, default=0.5, help="changes per second, on average")
    export.add_argument("directory", type=Path)
    return parser


def _load(arguments: argparse.Namespace, stop: threading.Event) -> int:
    door = Door(arguments.url, _key(arguments), patience_s=arguments.patience, stop=stop)
    began, refused = time.monotonic(), 0
    try:
        day = arguments.date or today()
        demo = build(day, arguments.seed)
        for part in (*demo.parts, demo.readings(arguments.seed, midnight(day))):
            if stop.is_set():
                raise Stopped
            refused += _push(door, part, stop)
    finally:
        door.close()
    print(f"demonstration data loaded in {time.monotonic() - began:.1f} s", flush=True)
    return 1 if refused else 0


def _push(door: Door, part: Part, stop: threading.Event) -> int:
    """Push one part and print its line; answers how many records were refused."""
    began = time.monotonic()
    totals = dict.fromkeys(COUNTS, 0)
    refused = 0
    for payload in part.payloads(BATCH):
        if stop.is_set():
            raise Stopped
        answer = door.push(part.layer, payload, kind=part.kind)
        for name in COUNTS:
            totals[name] += int(answer.get(name) or 0)
        for problem in answer.get("rejected", []):
            refused += 1
            if refused <= 5:
                print(f"  refused {part.layer}[{problem.get('index')}]: {problem}", file=sys.stderr)
    told = ", ".join(f"{count} {name}" for name, count in totals.items() if count)
    if refused:
        told += f", {refused} REFUSED"
    took_s = time.monotonic() - began
    print(f"{part.title:20} {len(part.items):5} records: {told} ({took_s:.1f} s)", flush=True)
    return refused


def _live(arguments: argparse.Namespace, stop: threading.Event) -> int:
    if not 0.001 <= arguments.rate <= 50:
        raise ValueError("--rate must be between 0.001 and 50 changes per second")
    door = Door(arguments.url, _key(arguments), patience_s=None, stop=stop)
    try:
        trickle(door, build(arguments.date or today(), arguments.seed), arguments.rate, stop)
    finally:
        door.close()
    return 0


def _export(arguments: argparse.Namespace) -> int:
    arguments.directory.mkdir(parents=True, exist_ok=True)
    for part in build(arguments.date or today(), arguments.seed).parts:
        (payload,) = part.payloads(len(part.items))
        suffix = ".geojson" if isinstance(payload, dict) else ".json"
        path = arguments.directory / (part.title.replace(" ", "-") + suffix)
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")
        print(f"{path}: {len(part.items)} records", flush=True)
    return 0


def _key(arguments: argparse.Namespace) -> str:
    key: str = arguments.key if arguments.key_file is None else arguments.key_file.read_text(encoding="utf-8")
    return key.strip()


if __name__ == "__main__":
    sys.exit(main())
