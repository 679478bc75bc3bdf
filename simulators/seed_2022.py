# SPDX-License-Identifier: Apache-2.0
"""The seed's year: 224,301 detections, 359,354 press and social items, 1,819 reports, 448 alerts, through the door.

The same run again changes nothing; one that was cut short goes on where it stopped with `--resume`. At the end the
server's own counts are compared with the figures: exit code 1 when they differ or a record was refused.
"""

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from simulators.boundaries import CITY_SET, PROVINCE_SET, Json, upload
from simulators.door import Door, DoorError, Stopped
from simulators.seed_2022_records import BLOCK, SOURCE, TOTALS, Year, blocks_of, record_id

MAX_BATCH = 5000
_COUNTS = ("accepted", "changed", "unchanged", "stale", "unlocated")


def main(argv: list[str] | None = None) -> int:
    """Load the year and compare; answers 0, 1 when counts differ or something was refused, 2 on misuse."""
    arguments = _parser().parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    key = arguments.key if arguments.key_file is None else arguments.key_file.read_text(encoding="utf-8").strip()
    door = Door(arguments.url, key, patience_s=arguments.patience, stop=stop)
    try:
        refused = 0
        if not arguments.check:
            refused = _load(door, arguments, stop)
        return _compare(door) or int(refused > 0)
    except Stopped:
        print("stopped; the same command with --resume goes on", file=sys.stderr)
        return 130
    except (DoorError, OSError) as error:
        print(f"simulators.seed-2022: {error}", file=sys.stderr)
        return 1
    finally:
        door.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulators.seed-2022", description=__doc__)
    parser.add_argument("--url", required=True, help="address of the server")
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--key", help=f"push key of the source {SOURCE}; with a role that reads, or reading is open")
    key.add_argument("--key-file", type=Path, help="file with the key: it shows in no process list")
    parser.add_argument("--batch", type=_batch, default=MAX_BATCH, help="records in one request, whole thousands")
    parser.add_argument("--resume", action="store_true", help="begin after the last batch that the server has")
    parser.add_argument("--check", action="store_true", help="only compare the server's counts with the figures")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to wait for a server that restarts")
    return parser


def _batch(text: str) -> int:
    number = int(text)
    if number % BLOCK or not BLOCK <= number <= MAX_BATCH:
        raise argparse.ArgumentTypeError(f"{BLOCK}, {2 * BLOCK} … {MAX_BATCH}")
    return number


def _load(door: Door, arguments: argparse.Namespace, stop: threading.Event) -> int:
    known = {one["id"] for one in door.get("/boundaries/sets")["sets"]}
    for unit_set in (CITY_SET, PROVINCE_SET):
        if unit_set not in known:
            door.push("units", upload(unit_set), SOURCE)
    began, refused, year = time.monotonic(), 0, Year()
    for layer in TOTALS:
        first = _first_missing(door, layer) if arguments.resume else 0
        refused += _push(door, layer, batches(year, layer, first, arguments.batch // BLOCK), stop)
    took_s = time.monotonic() - began
    print(f"loaded in {took_s:.1f} s", flush=True)
    return refused


def batches(year: Year, layer: str, first: int, blocks: int) -> Iterator[list[Json]]:
    """Request bodies from a block on."""
    for start in range(first, blocks_of(layer), blocks):
        numbers = range(start, min(start + blocks, blocks_of(layer)))
        yield [record for number in numbers for record in year.block(layer, number)]


def _push(door: Door, layer: str, bodies: Iterator[list[Json]], stop: threading.Event) -> int:
    """Push a layer, telling how far it is; answers how many records were refused."""
    began, told_at = time.monotonic(), 0.0
    sent, refused, totals = 0, 0, Counter[str]()
    for body in bodies:
        if stop.is_set():
            raise Stopped
        answer = door.push(layer, body, SOURCE)
        sent += len(body)
        totals.update({name: int(answer.get(name) or 0) for name in _COUNTS})
        for problem in answer["rejected"]:
            refused += 1
            if refused <= 5:
                print(f"  refused {layer}: {problem}", file=sys.stderr)
        if time.monotonic() - told_at > 2:
            told_at = time.monotonic()
            rate = sent / (told_at - began)
            print(f"  {layer:11} {sent:7,} of {TOTALS[layer]:,} ({rate:,.0f} records/s)", flush=True)
    took_s = time.monotonic() - began
    told = ", ".join(f"{totals[name]:,} {name}" for name in _COUNTS if totals[name])
    rate = sent / max(took_s, 1e-9)
    print(f"{layer:13} {sent:7,} sent: {told or 'nothing'} ({took_s:.1f} s, {rate:,.0f} records/s)", flush=True)
    return refused


def _first_missing(door: Door, layer: str) -> int:
    """The first block whose last record the server does not have. Batches are stored whole and in order."""
    low, high = 0, blocks_of(layer)
    while low < high:
        middle = (low + high) // 2
        last = min((middle + 1) * BLOCK, TOTALS[layer]) - 1
        asked = {"source": SOURCE, "external_id": record_id(layer, last), "limit": "1"}
        if door.get(f"/collections/{layer}/items", **asked)["features"]:
            low = middle + 1
        else:
            high = middle
    return low


def _compare(door: Door) -> int:
    different = 0
    for layer, expected in TOTALS.items():
        found = door.get(f"/collections/{layer}/units", source=SOURCE, set=CITY_SET)
        in_units = sum(unit["value"] for unit in found["units"])
        different += found["total"] != expected
        verdict = "as expected" if found["total"] == expected else f"EXPECTED {expected:,}"
        told = f"{found['total']:7,} on the server, {in_units:,} in units of {CITY_SET}"
        print(f"{layer:13} {told}: {verdict}", flush=True)
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
