# SPDX-License-Identifier: Apache-2.0
"""Outside judges: installed once for each content, aside and then in one move, and never a reason to fail."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from bootstrap import python_env
from bootstrap.commands import Runner
from bootstrap.console import Step


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "requirements-judges.txt").write_text("judge==1\n")
    return tmp_path


def pip(checkout: Path, script: str) -> None:
    """What stands for the environment's Python; its last argument but two is the folder to fill."""
    python = checkout / ".venv" / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


@pytest.fixture
def install(checkout: Path) -> Callable[[], str]:
    runner = Runner(checkout / "setup.log", checkout, {"PATH": "/usr/bin:/bin"})

    def run() -> str:
        said = io.StringIO()
        step = Step("judges", said)
        python_env.add_judges(step, checkout, runner)
        step.close(failed=False)
        return said.getvalue()

    return run


FILLS = 'for a in "$@"; do [ "$last" = --target ] && mkdir -p "$a" && echo 1 >> "$a/count"; last="$a"; done'


def test_judges_are_installed_once_for_each_content(checkout: Path, install: Callable[[], str]) -> None:
    pip(checkout, FILLS + "; echo x >> calls")
    install()
    assert "ready" in install()
    assert (checkout / ".venv" / "judges" / "count").exists()
    assert (checkout / "calls").read_text() == "x\n"
    (checkout / "requirements-judges.txt").write_text("judge==2\n")
    install()
    assert (checkout / "calls").read_text() == "x\nx\n"
    assert (checkout / ".venv" / "judges" / "count").read_text() == "1\n", "the folder is made anew"


def test_without_the_network_the_old_judges_stay_and_the_reason_is_said(
    checkout: Path, install: Callable[[], str]
) -> None:
    pip(checkout, FILLS)
    install()
    (checkout / "requirements-judges.txt").write_text("judge==2\n")
    pip(checkout, "echo 'ERROR: no such index'; exit 1")
    assert "ERROR: no such index" in install()
    assert (checkout / ".venv" / "judges" / "count").exists()
    pip(checkout, FILLS + "; echo again >> calls")
    install()
    assert (checkout / "calls").exists(), "a failure leaves no stamp"
