# SPDX-License-Identifier: Apache-2.0
"""The managed local PostGIS cluster: make, recover, start, provision, stop.

Not the distribution's cluster, which is neither started nor touched. PostgreSQL runs as an ordinary user, in
the foreground of the process that supervises it, and is reached only through a socket folder of mode 0700.
Standard library only: the launcher uses it before any package is installed.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geo.db import cluster_files as files
from geo.db.cluster_host import (
    Account,
    ClusterError,
    data_folder,
    ordinary_account,
    private_folder,
    processes_in,
    programs_for,
    socket_folder,
)

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Cluster:
    """One private cluster. Paths are absolute; `data` is the PostgreSQL data folder."""

    programs: Path
    data: Path
    sockets: Path
    account: Account
    tuning: files.Tuning = field(default_factory=files.Tuning)

    def url(self, role: str = files.SERVING, database: str = files.DATABASE) -> str:
        """The libpq URL of a role in a database of this cluster."""
        return files.connection_url(role, self.sockets, database)

    def psql_line(self) -> str:
        """The command by which a person opens the database."""
        line = f"psql -h {self.sockets} -p {files.PORT} -U {files.OWNER} {files.DATABASE}"
        return f"sudo {line}" if self.account.switch and os.geteuid() != 0 else line

    def exists(self) -> bool:
        """Whether the data folder holds a finished cluster."""
        return (self.data / "PG_VERSION").exists() and (self.data / "global" / "pg_control").exists()

    def create(self) -> bool:
        """Makes the cluster unless it is there; an interrupted attempt leaves nothing that looks finished."""
        if self.exists():
            self._check_owner()
            return False
        if not self.data.parent.exists():
            self.data.parent.mkdir(parents=True)
            self.data.parent.chmod(0o755)
        draft = self.data.with_name(self.data.name + ".draft")
        if draft.exists():
            shutil.rmtree(draft)
        if self.data.exists():
            raise ClusterError(f"{self.data} exists but is no PostgreSQL cluster: move it away")
        private_folder(draft, self.account)
        sync = [] if self.tuning.durable else ["--no-sync"]
        self.run([
            str(self.programs / "initdb"), "-D", str(draft), "-U", files.SUPERUSER, "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", *sync,
        ])  # fmt: skip
        draft.rename(self.data)
        return True

    def prepare_start(self) -> None:
        """Writes the configuration and clears what a killed cluster left, so that the next start succeeds."""
        private_folder(self.sockets, self.account)
        self._write("postgresql.conf", files.postgresql_conf(self.sockets, self.tuning))
        self._write("pg_hba.conf", files.PG_HBA)
        self.stop_orphan()
        self._clear_recycled_lock()
        # With no process left in the data folder nobody listens on these.
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The foreground server: SIGINT is its fast shutdown, SIGQUIT the immediate one."""
        return [str(self.programs / "postgres"), "-D", str(self.data)]

    def environment(self) -> dict[str, str]:
        """The small environment of the server: nothing of the caller's leaks into the database."""
        return dict(_ENVIRONMENT)

    def is_ready(self) -> bool:
        """Whether the server answers on its socket."""
        probe = [str(self.programs / "pg_isready"), "-q", "-h", str(self.sockets), "-p", str(files.PORT)]
        return self._spawn(probe).returncode == 0

    def provision(self) -> None:
        """Roles, the database and its extensions; repeatable, and needs the server to answer."""
        self.sql(files.provision_roles_sql(), database="postgres")
        known = self.sql(files.DATABASE_EXISTS_SQL, database="postgres")
        if "1" not in known:
            create = f"CREATE DATABASE {files.DATABASE} OWNER {files.OWNER} TEMPLATE template0 ENCODING 'UTF8'"
            self.sql(create, database="postgres")
        self.sql(files.provision_database_sql())

    def sql(self, text: str, database: str = files.DATABASE) -> str:
        """Runs SQL as the cluster's superuser through psql and returns its bare output."""
        return self.run([
            str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
            "-h", str(self.sockets), "-p", str(files.PORT), "-U", files.SUPERUSER, "-d", database, "-c", text,
        ])  # fmt: skip

    def stop_orphan(self, wait_s: float = 20.0) -> None:
        """Ends a server of this folder that nobody supervises any more: fast first, then by force.

        Processes that outlived their postmaster still hold its shared memory; they go as well, because a new
        postmaster beside them would damage the data.
        """
        if not (pids := list(processes_in(self.data))):
            return
        postmaster = self._recorded_pid()
        if postmaster in pids:
            _signal(postmaster, signal.SIGINT)
        if self._wait_gone(wait_s if postmaster in pids else 2.0):
            return
        for pid in processes_in(self.data):
            _signal(pid, signal.SIGQUIT)
        if self._wait_gone(5.0):
            return
        for pid in processes_in(self.data):
            _signal(pid, signal.SIGKILL)
        if not self._wait_gone(5.0):
            raise ClusterError(f"a PostgreSQL of {self.data} does not stop: {list(processes_in(self.data))}")

    def run(self, argv: Sequence[str]) -> str:
        """Runs one program as the ordinary user; its complaint becomes the error."""
        done = self._spawn(argv)
        if done.returncode != 0:
            name = Path(argv[0]).name
            raise ClusterError(f"{name} failed ({done.returncode}): {(done.stderr or done.stdout).strip()[-800:]}")
        return done.stdout

    def _spawn(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        switch = self.account.switch
        return subprocess.run(
            list(argv), user=self.account.uid if switch else None, group=self.account.gid if switch else None,
            extra_groups=[] if switch else None, cwd="/", env=_ENVIRONMENT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _check_owner(self) -> None:
        owner = self.data.stat().st_uid
        if owner != self.account.uid:
            raise ClusterError(f"{self.data} belongs to user id {owner}, not to {self.account.name}")

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        draft = self.data / f"{name}.draft"
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        if self.account.switch:
            os.chown(draft, self.account.uid, self.account.gid)
        draft.replace(path)

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _clear_recycled_lock(self) -> None:
        """Removes a lock file whose number now belongs to a stranger.

        PostgreSQL copes with a dead number itself (and then checks the shared memory), but takes any living
        process of the same user for its predecessor. Callers made sure that no process works in the folder.
        """
        pid = self._recorded_pid()
        lock = self.data / "postmaster.pid"
        if pid is None:
            lock.unlink(missing_ok=True)
        elif Path(f"/proc/{pid}").exists() and pid not in processes_in(self.data):
            lock.unlink(missing_ok=True)

    def _wait_gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not any(processes_in(self.data)):
                return True
            time.sleep(0.05)
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def cluster_of(home: Path, tuning: files.Tuning | None = None) -> Cluster:
    """The cluster of a product folder (which must exist): its user, data folder, version and socket."""
    account = ordinary_account()
    data = data_folder(home.resolve(), account)
    return Cluster(
        programs=programs_for(data),
        data=data,
        sockets=socket_folder(data, account),
        account=account,
        tuning=tuning or files.Tuning(),
    )
