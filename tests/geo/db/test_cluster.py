# SPDX-License-Identifier: Apache-2.0
"""The managed cluster on a real PostgreSQL: made once, recovered from every kind of sudden death."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.db import cluster_files as files
from geo.db.cluster import Cluster, cluster_of
from geo.db.cluster_host import ClusterError, installed_versions, private_folder, processes_in

pytestmark = pytest.mark.postgis

if not installed_versions():
    pytest.skip("no PostgreSQL with PostGIS on this machine", allow_module_level=True)


class Running:
    """A cluster with its server as a child of the test."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.cluster.create()
        self.cluster.prepare_start()
        account = self.cluster.account
        self.process = subprocess.Popen(
            self.cluster.command(), cwd="/", env=self.cluster.environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=account.uid if account.switch else None, group=account.gid if account.switch else None,
            extra_groups=[] if account.switch else None,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self.cluster.is_ready():
            assert self.process.poll() is None, "the server died at its start"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the postmaster alone: its children find out by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)
        self.cluster.stop_orphan()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    home = Path(tempfile.mkdtemp(prefix="tc-cluster-", dir="/tmp"))
    home.chmod(0o755)
    one = Running(cluster_of(home, files.Tuning(durable=False)))
    try:
        one.start()
        one.cluster.provision()
        yield one
    finally:
        one.stop()
        shutil.rmtree(one.cluster.sockets, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def stopped(running: Running) -> Iterator[Running]:
    """The cluster at rest; running again afterwards."""
    running.stop()
    yield running
    if running.process is None or running.process.poll() is not None:
        running.start()


def test_provisioning_twice_changes_nothing(running: Running) -> None:
    running.cluster.provision()
    assert running.cluster.sql("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'").strip() == "1"


def test_the_serving_role_makes_no_tables(running: Running) -> None:
    may = f"SELECT has_schema_privilege('{files.SERVING}', 'public', 'CREATE')"
    assert running.cluster.sql(may).strip() == "f"


def test_the_owner_may_add_a_reference_system(running: Running) -> None:
    may = f"SELECT has_table_privilege('{files.OWNER}', 'spatial_ref_sys', 'INSERT')"
    assert running.cluster.sql(may).strip() == "t"


def test_the_socket_path_fits_and_the_folder_is_private(running: Running) -> None:
    sockets = running.cluster.sockets
    assert len(f"{sockets}/.s.PGSQL.{files.PORT}".encode()) < 107
    assert sockets.stat().st_mode & 0o777 == 0o700


def test_the_data_folder_belongs_to_an_ordinary_user(running: Running) -> None:
    assert running.cluster.data.stat().st_uid == running.cluster.account.uid != 0


def test_a_killed_server_is_recovered(running: Running) -> None:
    running.cluster.sql("CREATE TABLE kept AS SELECT 7 AS value")
    running.kill()
    running.start()
    assert running.cluster.sql("SELECT value FROM kept").strip() == "7"


def test_a_server_that_lost_its_launcher_is_stopped_before_the_next(running: Running) -> None:
    orphan = running.process
    running.start()
    assert orphan is not None
    assert orphan.wait(timeout=10) == 0
    assert running.cluster.sql("SELECT 1").strip() == "1"


def test_a_lock_file_with_a_strangers_number_is_no_obstacle(stopped: Running) -> None:
    """After a crash the number in postmaster.pid may belong to any process of the same user."""
    account = stopped.cluster.account
    stranger = subprocess.Popen(
        ["sleep", "60"], cwd="/", user=account.uid if account.switch else None,
        group=account.gid if account.switch else None, extra_groups=[] if account.switch else None,
    )  # fmt: skip
    try:
        lines = [str(stranger.pid), str(stopped.cluster.data), "1700000000", str(files.PORT)]
        lock = "\n".join([*lines, str(stopped.cluster.sockets), "", "  1234  5678", "ready   ", ""])
        (stopped.cluster.data / "postmaster.pid").write_text(lock)
        (stopped.cluster.sockets / f".s.PGSQL.{files.PORT}.lock").write_text(f"{stranger.pid}\n")
        stopped.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_initdb_is_begun_again(tmp_path: Path, running: Running) -> None:
    home = Path(tempfile.mkdtemp(prefix="tc-half-", dir="/tmp"))
    home.chmod(0o755)
    try:
        half = cluster_of(home, files.Tuning(durable=False))
        private_folder(half.data.with_name("cluster.draft"), half.account)
        assert not half.exists()
        assert half.create()
        assert not half.create()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_a_foreign_socket_folder_is_refused(tmp_path: Path, running: Running) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    link = tmp_path / "socket"
    link.symlink_to(target)
    with pytest.raises(ClusterError, match="belongs to another user"):
        private_folder(link, running.cluster.account)


def test_nothing_works_in_the_folder_of_a_stopped_cluster(stopped: Running) -> None:
    assert list(processes_in(stopped.cluster.data)) == []
    assert os.listdir(stopped.cluster.sockets) == []
