# SPDX-License-Identifier: Apache-2.0
"""Loggers of four stations that write text files of Circular 10/2021: into a folder, to a server, or into our own.

By default it serves FTP on 127.0.0.1:2121, as deploy/sources/env-txt-ftp.yaml expects it, with a day of readings behind
it and new ones as time goes on.
"""

import argparse
import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulators.file_targets import Target, ftp_server, send, sftp_server, target_of
from simulators.station_lines import STATIONS, Habits, file_of, schedule


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("simulate station-txt", description=__doc__)
    parser.add_argument("--to", help="a folder, ftp://user:password@host:port/folder or sftp://user@host:port/folder")
    parser.add_argument("--key", type=Path, help="private key for sftp://")
    parser.add_argument("--serve", choices=("ftp", "sftp"), help="a server of our own (default: ftp, without --to)")
    parser.add_argument("--folder", type=Path, help="what our own server serves (default: a temporary folder)")
    parser.add_argument("--port", type=int, help="of our own server (2121, 2222)")
    parser.add_argument("--history-h", type=float, default=24, help="hours of readings that are there at first")
    parser.add_argument("--step-s", type=float, default=600, help="seconds between two readings of the history")
    parser.add_argument("--until", type=datetime.fromisoformat, help="where the history ends (default: now)")
    parser.add_argument(
        "--every", type=float, default=60, help="seconds between new readings; 0 ends after the history"
    )
    parser.add_argument("--seed", default="quan-trac")
    parser.add_argument("--dialect", choices=("tab", "semicolon", "spaces", "utf16"), default="tab")
    parser.add_argument("--upload", choices=("renamed", "whole", "slow"), default="renamed")
    parser.add_argument("--corrupt", type=float, default=2, help="files of a hundred with a line that is none")
    parser.add_argument("--corrections", type=float, default=3, help="files of a hundred that come again, corrected")
    parser.add_argument("--repeats", type=float, default=3, help="files of a hundred that come again as they were")
    parser.add_argument("--outage", default="0:0", help="FIRST:TICKS of the history that come late, in bulk")
    return parser.parse_args(argv)


def habits_of(arguments: argparse.Namespace) -> Habits:
    """How the loggers misbehave."""
    first, _, ticks = arguments.outage.partition(":")
    return Habits(
        arguments.seed,
        arguments.dialect,
        arguments.corrupt,
        arguments.corrections,
        arguments.repeats,
        (int(first), int(ticks or 0)),
        arguments.upload,
    )


def moments(until: datetime, hours: float, step_s: float) -> list[datetime]:
    """Whole steps up to a moment."""
    last = until.timestamp() // step_s * step_s
    count = int(hours * 3600 // step_s)
    return [datetime.fromtimestamp(last - step_s * back, UTC) for back in reversed(range(count))]


async def run(arguments: argparse.Namespace) -> int:
    """Send the history, then what is measured now."""
    habits = habits_of(arguments)
    async with contextlib.AsyncExitStack() as stack:
        target = await stack.enter_async_context(_target(arguments))
        count = 0
        for sent in schedule(
            habits, moments(arguments.until or datetime.now(UTC), arguments.history_h, arguments.step_s)
        ):
            await send(target, sent)
            count += 1
        print(f"{count} files of {len(STATIONS)} stations", flush=True)
        while arguments.every or not arguments.to:
            await asyncio.sleep(arguments.every or 3600)
            now = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
            for station in STATIONS:
                await send(target, file_of(habits, station, now))
    return 0


@contextlib.asynccontextmanager
async def _target(arguments: argparse.Namespace) -> AsyncIterator[Target]:
    if arguments.to:
        async with target_of(arguments.to, arguments.key) as target:
            yield target
        return
    with tempfile.TemporaryDirectory(prefix="toancanh-stations-") as temporary:
        folder = arguments.folder or Path(temporary)
        async with contextlib.AsyncExitStack() as stack:
            if arguments.serve == "sftp":
                address, host_key = await stack.enter_async_context(sftp_server(folder, arguments.port or 2222))
                print(f"serving {address}\nhost_key: {host_key}", flush=True)
            else:
                address = await stack.enter_async_context(ftp_server(folder, arguments.port or 2121))
                print(f"serving {address}", flush=True)
            async with target_of(str(folder)) as target:
                yield target


def main(argv: list[str]) -> int:
    """Run until the history is sent, or until it is interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(run(_arguments(argv)))
    return 0
