# SPDX-License-Identifier: Apache-2.0
"""The files of the project as git sees them: tracked, or new and not ignored."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geo", "boundaries", "layers", "tiles", "api")


@cache
def project_files() -> tuple[str, ...]:
    """Paths relative to the root; outside a git checkout, everything but generated folders."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode == 0:
        return tuple(sorted(name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()))
    generated = {".venv", "node_modules", "dist", "__pycache__", ".git"}
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(str(path) for path in found if generated.isdisjoint(path.parts)))


def with_suffix(*suffixes: str, under: tuple[str, ...] = ("",)) -> list[str]:
    """Project files by ending, inside any of the given folders."""
    return [name for name in project_files() if name.endswith(suffixes) and name.startswith(under)]


def line_count(name: str) -> int:
    """Lines of a text file."""
    return len((ROOT / name).read_text(encoding="utf-8").splitlines())
