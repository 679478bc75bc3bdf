# SPDX-License-Identifier: Apache-2.0
"""Every benchmark in one go, on a throw-away cluster: ``./toancanh bench`` starts one and calls this.

    PYTHONPATH=. python -m benchmarks --url postgresql://postgres@/postgres?host=/run/cluster

A database is made there, filled with the generated city, and dropped at the end. Peers that are not installed are
reported as not there: Martin (``cargo install martin``) and pg_tileserv (Go) are looked for on the PATH.
"""

import argparse
import importlib
import os
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import plots, report
from benchmarks.load import GENERATOR
from benchmarks.peers import Peers
from benchmarks.rig import QUICK, Options, Rig, running_rig, say

# Those that need the rig; the ingest part makes a durable cluster of its own.
PARTS = ("cached", "uncached", "items", "freshness", "screens")
ALONE = "ingest"


def main(arguments: list[str] | None = None) -> int:
    """Run, report, draw; the exit status says whether every part could be measured, not who was faster."""
    given = _parser().parse_args(arguments)
    options = QUICK if given.quick else Options()
    if given.seconds:
        options = replace(options, seconds=given.seconds)
    wanted = given.only or [*PARTS, ALONE]
    began = time.monotonic()
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": given.quick,
        "generator": GENERATOR,
        "machine": report.machine(given.url),
        "parts": {},
    }
    with tempfile.TemporaryDirectory(prefix="tc-bench-", ignore_cleanup_errors=True) as folder:
        # nginx and tipg may run as somebody else, who must be able to enter.
        Path(folder).chmod(0o755)
        peers = Peers(Path(folder), given.martin, given.pg_tileserv, given.tipg_python)
        if set(wanted) & set(PARTS):
            with running_rig(given.url, Path(folder), peers, options, given.keep) as rig:
                found["loaded_s"] = rig.loaded
                for name in PARTS:
                    if name in wanted:
                        found["parts"][name] = _part(name, rig)
        found |= {"versions": peers.versions, "missing": peers.missing}
    if ALONE in wanted:
        found["parts"][ALONE] = _ingest(given.quick)
    found["minutes"] = round((time.monotonic() - began) / 60, 1)
    file, text = report.write(found, given.results)
    drawn = plots.draw(found, given.results, file.stem)
    sys.stdout.write(f"\n{text}\n{file}\n" + "".join(f"{one}\n" for one in drawn))
    return 1 if any("error" in part for part in found["parts"].values()) else 0


def _part(name: str, rig: Rig) -> dict[str, Any]:
    """One part; one that fails is told in the report, and the others still run."""
    say(f"== {name}")
    started = time.monotonic()
    try:
        part: dict[str, Any] = importlib.import_module(f"benchmarks.{name}").run(rig)
    except Exception as error:  # noqa: BLE001 - whatever it is belongs in the report
        traceback.print_exc()
        part = {"error": f"{type(error).__name__}: {error}"[:500]}
        rig.peers.stop()
    return {**part, "seconds": round(time.monotonic() - started, 1)}


def _ingest(quick: bool) -> dict[str, Any]:
    say(f"== {ALONE}")
    started = time.monotonic()
    from benchmarks import ingest, ingest_figures

    try:
        part = ingest_figures.part_of(ingest.run(5_000 if quick else 100_000, (1, 2) if quick else ingest.CLIENTS))
    except Exception as error:  # noqa: BLE001 - whatever it is belongs in the report
        traceback.print_exc()
        part = {"error": f"{type(error).__name__}: {error}"[:500]}
    return {**part, "seconds": round(time.monotonic() - started, 1)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="toancanh bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True, help="superuser of a throw-away cluster (./toancanh bench gives it)")
    parser.add_argument("--only", nargs="+", choices=(*PARTS, ALONE), metavar="PART", help=", ".join((*PARTS, ALONE)))
    parser.add_argument(
        "--quick", action="store_true", help="a fiftieth of the data, short rounds: does it work at all"
    )
    parser.add_argument("--seconds", type=float, help="length of a round of load")
    parser.add_argument("--martin", help="Martin's binary, when it is not on the PATH")
    parser.add_argument("--pg-tileserv", help="pg_tileserv's binary, when it is not on the PATH")
    parser.add_argument("--tipg-python", help="a Python that has tipg; otherwise an environment is made from PyPI")
    parser.add_argument("--results", type=Path, default=report.RESULTS)
    parser.add_argument("--keep", metavar="NAME", help="keep the database under this name, and use it when it is there")
    return parser


if __name__ == "__main__":
    os.umask(0o022)
    # Whoever ends us wants the servers ended too that we started.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    sys.exit(main())
