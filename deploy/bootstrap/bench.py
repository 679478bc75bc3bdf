# SPDX-License-Identifier: Apache-2.0
"""`./toancanh bench`: the set-up of the tests, a private durable cluster, then every comparison with peers.

The cluster is durable, as an operator's is: what is promised of ingest and of freshness is promised with the disk.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bootstrap import data_home, processes, setup, single
from bootstrap.console import Interrupted, Progress
from bootstrap.suite import forget_sockets
from geo.db import cluster_files
from geo.db.cluster import cluster_of

# The load generator, the static server beside us, and the browser that sees changes come.
_PACKAGES = ("wrk", "nginx-light", "chromium", "libegl-mesa0", "libgl1-mesa-dri")
_CONNECTIONS = 200


def run(place: setup.Workplace, words: Sequence[str]) -> int:
    """Runs the benchmarks; the exit status is not zero when a part could not be measured."""
    # /tmp, because the database user must enter it; short, because of the socket.
    home_folder = Path(tempfile.mkdtemp(prefix="tc-bench-", dir="/tmp"))  # noqa: S108 - mkdtemp makes it ours
    home_folder.chmod(0o755)
    place = replace(place, home=home_folder)
    supervisor = processes.Supervisor(place.logs, str(home_folder))
    try:
        setup.prepare_home(place)
        progress = Progress(4)
        given = place.environment.get("TOANCANH_TEST_URL")
        setup.system_packages(place, progress, external=given is not None, extra=_PACKAGES)
        setup.python_packages(place, progress, development=True)
        setup.front_end(place, progress)
        url = given or _cluster(place, progress, supervisor)
        env = {**place.environment}
        env.pop("DATABASE_URL", None)
        command = [str(place.python()), "-m", "benchmarks", "--url", url, *words]
        return single.run_beside(command, place, env, supervisor)
    except Interrupted:
        return 130
    finally:
        setup.shut_down(supervisor)
        forget_sockets(home_folder)
        shutil.rmtree(home_folder, ignore_errors=True)


def _cluster(place: setup.Workplace, progress: Progress, supervisor: processes.Supervisor) -> str:
    with progress.step("Cơ sở dữ liệu tạm · throw-away database"):
        cluster = cluster_of(place.home, cluster_files.Tuning(durable=True, max_connections=_CONNECTIONS))
        data_home.start_cluster(cluster, supervisor)
        return cluster.url(cluster_files.SUPERUSER, "postgres")
