# SPDX-License-Identifier: Apache-2.0
"""A real server, relay and worker as processes, on a database of the test cluster."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Stack:
    """Running processes by name, and how to reach them."""

    url: str
    database_url: str
    environment: dict[str, str]
    log_folder: Path
    root: Path = ROOT
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start ``serve``, ``relay`` or ``worker``, in a process group of its own."""
        with (self.log_folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "api.cli", name],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process with its children, by default without a chance to clean up."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=20)

    def wait_ready(self) -> None:
        """Until the server answers and follows the log."""
        wait_for(self._is_ready, "the server is ready", timeout_s=60)

    def _is_ready(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        return False


@contextlib.contextmanager
def running_stack(
    database_url: str, log_folder: Path, *names: str, root: Path = ROOT, **environment: str
) -> Iterator[Stack]:
    """The named processes (default: server, relay, worker) of a source tree on a free port, ready; ended afterwards."""
    port = free_port()
    variables = {
        **os.environ,
        "DATABASE_URL": database_url,
        "TOANCANH_PORT": str(port),
        "TOANCANH_DEMO": "1",
        "TOANCANH_FILES": str(log_folder / "files"),
        "PYTHONPATH": str(root),
        **environment,
    }
    stack = Stack(f"http://127.0.0.1:{port}", database_url, variables, log_folder, root)
    try:
        for name in names or ("serve", "relay", "worker"):
            stack.start(name)
        stack.wait_ready()
        yield stack
    finally:
        for name in list(stack.processes):
            stack.kill(name)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], what: str, *, timeout_s: float = 30) -> Any:
    """Until the condition holds; answers its value."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:g} s in vain until {what}")
        time.sleep(0.05)
