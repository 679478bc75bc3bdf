# SPDX-License-Identifier: Apache-2.0
"""The data folder of a running product: its lock, its credentials, its local cluster or DATABASE_URL."""

import fcntl
import hashlib
import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from bootstrap import stamps
from bootstrap.console import Failure
from bootstrap.processes import Service, Supervisor
from geo.db import cluster_files
from geo.db.cluster import Cluster, cluster_of
from geo.db.cluster_host import SYSTEM_HOME, ClusterError

CREDENTIALS = "demo-credentials.json"
# The bare key for programs that take a file, so that it shows in no process list.
KEY_FILE = "demo.key"


def default_folder() -> Path:
    """Where data goes without --data: a system folder for root, the user's own otherwise."""
    if os.geteuid() == 0:
        return SYSTEM_HOME / "demo"
    return Path.home() / ".local" / "share" / "toancanh"


class Lock:
    """One launcher per data folder: a kernel lock, which goes away with its process however that ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "launcher.lock"
        self._file: TextIO | None = None

    def take(self, address: str) -> None:
        """Takes the lock, or says who has it and where that one answers."""
        handle = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "?"
            handle.close()
            raise Failure(
                f"Toàn Cảnh đang chạy với thư mục này · already running on this data folder: {holder}\n"
                f"Dùng --data THƯ_MỤC khác · choose another --data for a second one: {self._path.parent}"
            ) from None
        handle.truncate(0)
        handle.write(f"{address} (pid {os.getpid()})\n")
        handle.flush()
        self._file = handle

    def release(self) -> None:
        """Gives the folder free; the end of the process does the same."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def is_taken(self) -> bool:
        """Whether a launcher is running on this folder."""
        if not self._path.exists():
            return False
        with self._path.open("r", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


@dataclass(frozen=True)
class Database:
    """Where the data is: a local cluster (then `cluster` is set), or a server given by DATABASE_URL."""

    url: str
    admin_url: str
    cluster: Cluster | None

    def stamp(self, home: Path, name: str) -> Path:
        """A stamp about the database: inside the cluster, so that a removed cluster takes it along."""
        if self.cluster is not None:
            return self.cluster.data / f"toancanh-{name}"
        return home / f"external-{hashlib.sha256(self.url.encode()).hexdigest()[:8]}-{name}"

    @property
    def trusts_stamps(self) -> bool:
        """A foreign server may have been emptied behind our back: there every step is repeated."""
        return self.cluster is not None


def local_database(home: Path) -> Database:
    """The private cluster of a data folder."""
    try:
        cluster = cluster_of(home)
    except ClusterError as error:
        raise Failure(str(error)) from error
    return Database(cluster.url(), cluster.url(cluster_files.OWNER), cluster)


def external_database(environment: Mapping[str, str]) -> Database | None:
    """The database of DATABASE_URL, if the caller set one."""
    url = environment.get("DATABASE_URL")
    if not url:
        return None
    return Database(url, environment.get("TOANCANH_ADMIN_URL") or url, None)


def start_cluster(cluster: Cluster, supervisor: Supervisor, wait_s: float = 60.0) -> None:
    """Makes, recovers, starts and provisions the cluster; returns when it answers and is complete."""
    try:
        cluster.create()
        cluster.prepare_start()
        supervisor.start(
            Service(
                name="postgres",
                argv=cluster.command(),
                env=cluster.environment(),
                cwd=Path("/"),
                account=cluster.account,
                stop_signal=signal.SIGINT,
                before_restart=cluster.prepare_start,
                stop_wait_s=30.0,
            )
        )
        deadline = time.monotonic() + wait_s
        while not cluster.is_ready():
            supervisor.poll(starting=True)
            if time.monotonic() > deadline:
                raise Failure(f"PostgreSQL không trả lời · does not answer: {supervisor.log_of('postgres')}")
            time.sleep(0.05)
        wanted = stamps.fingerprint([], cluster_files.provision_roles_sql(), cluster_files.provision_database_sql())
        stamp = cluster.data / "toancanh-provisioned"
        if not stamps.matches(stamp, wanted):
            cluster.provision()
            stamps.write(stamp, wanted)
    except ClusterError as error:
        raise Failure(str(error)) from error


@dataclass(frozen=True)
class Credentials:
    """What the demonstration tells the person: the push keys by source, the sign-ins, the database."""

    keys: Mapping[str, str]
    users: list[dict[str, Any]]
    database_url: str


def read_credentials(home: Path) -> dict[str, Any]:
    """The credentials file, or an empty one."""
    try:
        loaded = json.loads((home / CREDENTIALS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def demo_key(home: Path) -> str | None:
    """The push key of the source "demo", if one was made."""
    keys = read_credentials(home).get("keys")
    for entry in keys if isinstance(keys, list) else []:
        if isinstance(entry, dict) and entry.get("source") == "demo" and isinstance(entry.get("key"), str):
            return str(entry["key"])
    return None


def write_credentials(home: Path, credentials: Credentials) -> None:
    """Writes the credentials for the person (mode 0600), in one move."""
    _write_private(home / KEY_FILE, f"{credentials.keys['demo']}\n")
    content = {
        "users": credentials.users,
        "keys": [{"source": source, "key": key} for source, key in credentials.keys.items()],
        "database": {"url": credentials.database_url},
    }
    _write_private(home / CREDENTIALS, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _write_private(target: Path, text: str) -> None:
    draft = target.with_name(f"{target.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    draft.replace(target)
