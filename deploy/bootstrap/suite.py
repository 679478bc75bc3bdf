# SPDX-License-Identifier: Apache-2.0
"""`./toancanh test`: the same set-up as the demo, a throw-away cluster, every check, then every test.

pytest comes last, so that its closing line is the last thing on the standard output.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bootstrap import data_home, frontend_build, processes, setup, single
from bootstrap.console import Failure, Interrupted, Progress, complain, say
from geo.db import cluster_files
from geo.db.cluster import cluster_of
from geo.db.cluster_host import ClusterError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_GRAPHICS = ("libegl-mesa0", "libgl1-mesa-dri", "gdal-bin")
# Real servers and programs that judge the connected systems; the tests start them themselves.
_JUDGES = ("vsftpd", "openssh-server", "mosquitto", "openssl", "ffmpeg")
_CONNECTIONS = 100


@dataclass(frozen=True)
class _Check:
    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str]


def run(place: setup.Workplace, words: Sequence[str], *, fast: bool) -> int:
    """Runs everything; the exit status is not zero when anything failed."""
    # /tmp, because the database user must enter it; short, because of the socket.
    home_folder = Path(tempfile.mkdtemp(prefix="tc-test-", dir="/tmp"))  # noqa: S108 - mkdtemp makes it ours
    home_folder.chmod(0o755)
    place = replace(place, home=home_folder)
    supervisor = processes.Supervisor(place.logs, str(home_folder))
    try:
        return _run(place, words, supervisor, fast=fast)
    except Interrupted:
        return 130
    finally:
        setup.shut_down(supervisor)
        forget_sockets(home_folder)
        shutil.rmtree(home_folder, ignore_errors=True)


def _run(place: setup.Workplace, words: Sequence[str], supervisor: processes.Supervisor, *, fast: bool) -> int:
    setup.prepare_home(place)
    progress = Progress(5)
    given = place.environment.get("TOANCANH_TEST_URL")
    browser = () if any(shutil.which(name) for name in _BROWSERS) else ("chromium",)
    setup.system_packages(place, progress, external=given is not None, extra=(*browser, *_GRAPHICS, *_JUDGES))
    setup.python_packages(place, progress, development=True)
    setup.judges(place, progress)
    setup.front_end(place, progress)
    url = given or _throw_away(place, progress, supervisor)
    failed = [] if fast else [check.name for check in _checks(place) if not _passes(check)]
    if not fast:
        _summarise(failed)
    env = {**place.environment, "TOANCANH_TEST_URL": url}
    env.pop("DATABASE_URL", None)
    command = [*_spread(words), *words]
    say(f"\n== pytest {' '.join(command)}")
    tests = single.run_beside([str(place.python()), "-m", "pytest", *command], place, env, supervisor)
    if failed:
        complain(f"KHÔNG ĐẠT · failed before the tests: {', '.join(failed)}")
    return tests or (1 if failed else 0)


def _spread(words: Sequence[str]) -> list[str]:
    """One process a core, a test file whole on one of them; who names tests or processes gets what they name."""
    if any(word == "-n" or not word.startswith("-") for word in words):
        return []
    return ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--durations", "10"]


def forget_sockets(folder: Path) -> None:
    """The socket folder lies outside the temporary one, for the sake of its length."""
    try:
        shutil.rmtree(cluster_of(folder).sockets, ignore_errors=True)
    except ClusterError:
        return


def _throw_away(place: setup.Workplace, progress: Progress, supervisor: processes.Supervisor) -> str:
    with progress.step("Cơ sở dữ liệu tạm · throw-away database"):
        tuning = cluster_files.Tuning(durable=False, max_connections=_CONNECTIONS)
        cluster = cluster_of(place.home, tuning)
        data_home.start_cluster(cluster, supervisor)
        return cluster.url(cluster_files.SUPERUSER, "postgres")


def _checks(place: setup.Workplace) -> list[_Check]:
    bin_folder = place.python().parent
    env = place.environment
    checks = [
        _Check("ruff", [str(bin_folder / "ruff"), "check", "."], place.root, env),
        _Check("mypy", [str(bin_folder / "mypy")], place.root, env),
        _Check("lint-imports", [str(bin_folder / "lint-imports")], place.root, env),
    ]
    step = Progress(1)
    with step.step("npm") as shown:
        npm, runner = frontend_build.prepare(shown, place.root, place.runner(), place.python())
    checks.append(_Check("npm run check", [*npm, "run", "--silent", "check"], runner.cwd, runner.env))
    checks.append(_Check("npm test", [*npm, "test", "--silent"], runner.cwd, runner.env))
    return checks


def _passes(check: _Check) -> bool:
    say(f"\n== {check.name}")
    try:
        done = subprocess.run(
            list(check.argv), cwd=check.cwd, env=dict(check.env), stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise Failure(f"{check.name}: {error}") from error
    return done.returncode == 0


def _summarise(failed: Sequence[str]) -> None:
    if failed:
        say(f"\nKiểm tra tĩnh · static checks: KHÔNG ĐẠT · failed: {', '.join(failed)}")
    else:
        say("\nKiểm tra tĩnh · static checks: đạt · passed")
