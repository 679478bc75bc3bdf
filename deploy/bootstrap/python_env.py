# SPDX-License-Identifier: Apache-2.0
"""The virtual environment: made once, filled from pinned requirements, rebuilt when it was left half made."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap import packages, stamps
from bootstrap.commands import Runner
from bootstrap.console import Failure, Step

_MARKER = "toancanh-unfinished"


def missing_packages(root: Path) -> list[str]:
    """The system packages without which the environment cannot be made."""
    marker = root / ".venv" / _MARKER
    if _works(root / ".venv" / "bin" / "python") and not marker.exists():
        return []
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        return packages.venv_names()
    return []


def ensure(step: Step, root: Path, runner: Runner, *, development: bool) -> Path:
    """The Python of `.venv` with the runtime (or development) requirements installed.

    A marker lies in the folder while pip works: finding it at the start means that the last attempt was
    interrupted, and half-installed packages are not worth repairing.
    """
    folder = root / ".venv"
    python = folder / "bin" / "python"
    marker = folder / _MARKER
    wanted = [root / "requirements.txt"]
    if development:
        wanted.append(root / "requirements-dev.txt")
    value = stamps.fingerprint(wanted, sys.version)
    stamp = folder / ("toancanh-dev" if development else "toancanh-runtime")
    if stamps.matches(stamp, value) and not marker.exists() and python.exists():
        step.note("đã có (ready)")
        return python
    if marker.exists() or not _works(python):
        _make(step, folder, runner)
    requirements = root / ("requirements-dev.txt" if development else "requirements.txt")
    add(step, runner, python, "-r", str(requirements))
    stamps.write(stamp, value)
    return python


def add(step: Step, runner: Runner, python: Path, *what: str) -> None:
    """Installs ready-made packages into the environment; nothing is compiled."""
    marker = python.parent.parent / _MARKER
    marker.touch()
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--only-binary", ":all:"]
    try:
        runner.run(step, [*pip, *what])
    except Failure:
        # pip ended by itself (no network, a missing file): what is installed is whole.
        marker.unlink()
        raise
    marker.unlink()


def add_judges(step: Step, root: Path, runner: Runner) -> None:
    """Programs that tests ask for their verdict, in a folder that the product never sees: `.venv/judges`.

    Their own requirements do not resolve with ours, so each is pinned with what it needs. Without them the tests that
    ask skip and say so: a machine without the network fails nothing here.
    """
    requirements, folder = root / "requirements-judges.txt", root / ".venv" / "judges"
    value = stamps.fingerprint([requirements], sys.version)
    stamp = root / ".venv" / "toancanh-judges"
    if stamps.matches(stamp, value) and folder.is_dir():
        step.note("đã có (ready)")
        return
    draft = folder.with_name("judges-draft")
    shutil.rmtree(draft, ignore_errors=True)
    python = root / ".venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--target", str(draft)]
    try:
        # Some come as sources only; they are plain Python, nothing is compiled.
        runner.run(step, [*pip, "-r", str(requirements)])
    except Failure as failure:
        shutil.rmtree(draft, ignore_errors=True)
        step.note(f"bỏ qua · left out, their tests skip: {_reason(failure)}")
        return
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    stamps.write(stamp, value)


def _reason(failure: Failure) -> str:
    lines = [line for line in str(failure).splitlines() if line.startswith("ERROR")] or str(failure).splitlines()
    return lines[0][:200] if lines else "pip failed"


def _works(python: Path) -> bool:
    """Whether the environment's Python starts, is of our version, and has pip."""
    if not python.exists():
        return False
    ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def _make(step: Step, folder: Path, runner: Runner) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    (folder / _MARKER).touch()
    runner.run(step, [sys.executable, "-m", "venv", str(folder)])
