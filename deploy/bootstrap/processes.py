# SPDX-License-Identifier: Apache-2.0
"""The processes of a running product: started, watched, restarted when they die, gone when the launcher goes.

Each child asks the kernel for a signal at the launcher's death (PR_SET_PDEATHSIG), so that not even SIGKILL
leaves a server behind. Children start from the main thread only: the kernel means the parent *thread*.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap.commands import tail_of
from bootstrap.console import Failure, complain
from geo.db.cluster_host import Account

# One of the names that the product knows: it refuses TOANCANH_ variables that are no setting.
MARK = "TOANCANH_DATA"
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_LARGE_LOG_BYTES = 20_000_000
_STEADY_S = 30.0
_LONGEST_PAUSE_S = 30.0
# A service that dies this often before the product was ever ready will not come up by trying again.
_FAILURES_AT_START = 4


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For a child between fork and exec: asks the kernel for this signal at the launcher's death."""
    parent = os.getpid()

    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


@dataclass(frozen=True)
class Service:
    """One process to keep alive: its command, and how it is asked to stop."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    before_restart: Callable[[], None] | None = None
    stop_wait_s: float = 8.0


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    begun: float
    failures: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """Keeps services alive until it is told to stop. The database (the one with an account) starts first."""

    logs: Path
    instance: str
    _running: list[_Running] = field(default_factory=list)

    def start(self, service: Service) -> None:
        """Starts a service and watches it from now on."""
        self._running.append(_Running(service, self._spawn(service), time.monotonic()))

    def poll(self, *, starting: bool = False) -> None:
        """Restarts what died, after a pause that doubles; while `starting`, gives up after a few deaths."""
        now = time.monotonic()
        for entry in self._running:
            if entry.again_at is None:
                self._notice_death(entry, now, starting=starting)
            elif now >= entry.again_at:
                self._restart(entry, now)

    def stop(self) -> None:
        """Asks every service to stop and insists when one does not; the database goes last."""
        for entry in reversed(self._running):
            if entry.service.account is None:
                self._signal(entry, entry.service.stop_signal)
        while self._running:
            entry = self._running[-1]
            if entry.service.account is not None:
                self._signal(entry, entry.service.stop_signal)
            try:
                entry.process.wait(timeout=entry.service.stop_wait_s)
            except subprocess.TimeoutExpired:
                complain(f"{entry.service.name}: dừng cưỡng bức · does not stop, killed")
            self._end_session(entry)
            self._running.pop()

    def kill(self) -> None:
        """Ends everything at once (the second Ctrl-C)."""
        for entry in self._running:
            self._signal(entry, signal.SIGQUIT if entry.service.account else signal.SIGKILL)
        for entry in self._running:
            if entry.service.account:
                self._wait_briefly(entry)
            self._end_session(entry)
        self._running.clear()

    def log_of(self, name: str) -> Path:
        """The log file of a service."""
        return self.logs / f"{name}.log"

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        switch = service.account if service.account and service.account.switch else None
        with self.log_of(service.name).open("ab") as log:
            return subprocess.Popen(
                list(service.argv), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd=service.cwd, env={**service.env, MARK: self.instance}, start_new_session=True,
                user=switch.uid if switch else None, group=switch.gid if switch else None,
                extra_groups=[] if switch else None, preexec_fn=die_with_parent(service.stop_signal),
            )  # fmt: skip

    def _notice_death(self, entry: _Running, now: float, *, starting: bool) -> None:
        code = entry.process.poll()
        if code is None:
            return
        self._end_session(entry)
        entry.failures = 0 if now - entry.begun > _STEADY_S else entry.failures + 1
        log = self.log_of(entry.service.name)
        if starting and entry.failures >= _FAILURES_AT_START:
            raise Failure(f"{tail_of(log)}\n\n{entry.service.name} không chạy được · does not start ({code}): {log}")
        pause = min(_LONGEST_PAUSE_S, 0.25 * 2**entry.failures)
        entry.again_at = now + pause
        complain(f"{entry.service.name}: đã dừng ({code}), chạy lại sau {pause:g} s · died, restarts; log: {log}")

    def _restart(self, entry: _Running, now: float) -> None:
        if entry.service.before_restart:
            entry.service.before_restart()
        entry.process = self._spawn(entry.service)
        entry.begun, entry.again_at = now, None

    @staticmethod
    def _wait_briefly(entry: _Running) -> None:
        try:
            entry.process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            return

    @staticmethod
    def _signal(entry: _Running, number: signal.Signals) -> None:
        if entry.process.poll() is None:
            entry.process.send_signal(number)

    @staticmethod
    def _end_session(entry: _Running) -> None:
        """Kills what a dead leader left in its session (a server's own workers), then collects it."""
        try:
            os.killpg(entry.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        entry.process.wait()


def left_over(instance: str) -> Iterator[int]:
    """Processes that an earlier launcher of the same data folder started, and that outlived it."""
    mark = f"{MARK}={instance}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if mark in environment.split(b"\0"):
            yield int(entry.name)


def end_left_over(instance: str) -> int:
    """Ends them, politely first; returns how many there were. PostgreSQL is the cluster's own concern."""
    found = [pid for pid in left_over(instance) if not _is_postgres(pid)]
    for number, wait_s in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0)):
        alive = [pid for pid in found if is_alive(pid)]
        for pid in alive:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline and any(is_alive(pid) for pid in alive):
            time.sleep(0.05)
    return len(found)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that died and waits for its parent to notice does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _is_postgres(pid: int) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name == "postgres"
    except OSError:
        return False


def prepare_logs(folder: Path) -> None:
    """Makes the log folder and puts large logs of earlier runs aside."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        if log.stat().st_size > _LARGE_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
