# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of a set-up step with their output in a log, and stops them cleanly."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap.console import Failure, Interrupted, Step

_GRACE_S = 10.0


@dataclass(frozen=True)
class Runner:
    """Where set-up programs run and write: the environment is the caller's, changed as given."""

    log: Path
    cwd: Path
    env: Mapping[str, str]

    def run(self, step: Step, argv: Sequence[str], *, foreground: bool = False, cwd: Path | None = None) -> None:
        """Runs one program to its end; on failure shows the end of its output.

        `foreground` is for programs that must not be torn apart (apt): an interruption waits for them.
        """
        code, text = self._finish(step, argv, foreground=foreground, cwd=cwd)
        if code != 0:
            tail = "\n".join(text.splitlines()[-25:])
            raise Failure(f"{tail}\n\nLệnh lỗi · command failed ({code}): {' '.join(argv)}\nNhật ký · log: {self.log}")

    def output(self, step: Step, argv: Sequence[str]) -> str:
        """Runs one program and returns its standard output; what it complains about goes to the log."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                list(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=self.cwd,
                env=dict(self.env), text=True,
            )  # fmt: skip
            text, _ = process.communicate()
        step.tick()
        if process.returncode != 0:
            raise Failure(f"Lệnh lỗi · command failed ({process.returncode}): {' '.join(argv)}\n{tail_of(self.log)}")
        return text

    def _finish(self, step: Step, argv: Sequence[str], *, foreground: bool, cwd: Path | None) -> tuple[int, str]:
        with self.log.open("ab") as log:
            begun = log.tell()
            process = subprocess.Popen(
                list(argv), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd=cwd or self.cwd, env=dict(self.env), start_new_session=not foreground,
            )  # fmt: skip
            try:
                _wait(process, step)
            except (Interrupted, KeyboardInterrupt):
                _wind_down(process, foreground=foreground)
                raise
        with self.log.open("rb") as log:
            log.seek(begun)
            return process.returncode, log.read().decode(errors="replace")


def _wait(process: subprocess.Popen[bytes], step: Step) -> None:
    while True:
        try:
            process.wait(timeout=0.25)
            return
        except subprocess.TimeoutExpired:
            step.tick()


def _wind_down(process: subprocess.Popen[bytes], *, foreground: bool) -> None:
    if foreground:
        process.wait()
        return
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=_GRACE_S)
        os.killpg(process.pid, signal.SIGKILL)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        process.wait()


def tail_of(log: Path, lines: int = 20) -> str:
    """The last lines of a log file, or nothing when there is none."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
