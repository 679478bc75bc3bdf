# SPDX-License-Identifier: Apache-2.0
"""A durable private cluster that can be killed, and results that are kept."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from geo.db import cluster_files as files
from geo.db.cluster import Cluster, cluster_of
from geo.db.cluster_host import installed_versions

RESULTS = Path(__file__).parent / "results"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Shorter trials: ``--frozen-s 60``, ``--race-changes 5000``."""
    parser.addoption("--frozen-s", type=float, default=600.0, help="how long clients stay frozen")
    parser.addoption("--race-changes", type=int, default=50_000, help="how many changes race")


@pytest.fixture
def frozen_s(request: pytest.FixtureRequest) -> float:
    """How long clients stay frozen, in seconds."""
    return float(request.config.getoption("--frozen-s"))


@pytest.fixture
def race_changes(request: pytest.FixtureRequest) -> int:
    """How many changes race."""
    return int(request.config.getoption("--race-changes"))


class Postgres:
    """A private cluster whose postmaster is our child."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, recovering whatever the last death left."""
        self.cluster.prepare_start()
        account = self.cluster.account
        self._process = subprocess.Popen(
            self.cluster.command(), cwd="/", env=self.cluster.environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=account.uid if account.switch else None, group=account.gid if account.switch else None,
            extra_groups=[] if account.switch else None,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self.cluster.is_ready():
            assert self._process.poll() is None, "PostgreSQL died at its start"
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the postmaster and all its children."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A durable cluster with the product's roles and database."""
    if not installed_versions():
        pytest.skip("no PostgreSQL with PostGIS on this machine")
    home = Path(tempfile.mkdtemp(prefix="tc-faults-"))
    home.chmod(0o755)
    one = Postgres(cluster_of(home, files.Tuning(durable=True)))
    try:
        one.cluster.create()
        one.start()
        one.cluster.provision()
        yield one
    finally:
        with contextlib.suppress(AssertionError):
            one.kill()
        one.cluster.stop_orphan()
        shutil.rmtree(one.cluster.data, ignore_errors=True)
        shutil.rmtree(one.cluster.sockets, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def keep() -> Callable[[str, dict[str, Any]], None]:
    """Write the numbers of a run into the results."""

    def write(name: str, numbers: dict[str, Any]) -> None:
        RESULTS.mkdir(exist_ok=True)
        text = orjson.dumps(numbers, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        (RESULTS / f"{name}.json").write_bytes(text)

    return write
