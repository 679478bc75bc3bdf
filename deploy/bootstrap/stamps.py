# SPDX-License-Identifier: Apache-2.0
"""Stamps: small files that say "this was made from those inputs", so that no start does work twice."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_SKIPPED = {"node_modules", "dist", "__pycache__", ".vite", "coverage", "test-results"}


def _files(paths: Iterable[Path], suffixes: tuple[str, ...]) -> Iterable[tuple[str, Path]]:
    for path in paths:
        if path.is_file():
            yield path.name, path
            continue
        for found in sorted(path.rglob("*")):
            inside = found.relative_to(path).parts
            if _SKIPPED.isdisjoint(inside) and found.is_file() and (not suffixes or found.suffix in suffixes):
                yield str(found.relative_to(path.parent)), found


def fingerprint(paths: Iterable[Path], *extra: str, suffixes: tuple[str, ...] = ()) -> str:
    """A hash over the names and contents of files (folders are walked, generated ones left out).

    Names are relative, so that a folder that was moved keeps its stamps.
    """
    digest = hashlib.sha256("\0".join(extra).encode())
    for name, path in _files(paths, suffixes):
        digest.update(name.encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def matches(stamp: Path, value: str) -> bool:
    """Whether a stamp was written for exactly these inputs."""
    try:
        return stamp.read_text(encoding="utf-8") == value
    except OSError:
        return False


def write(stamp: Path, value: str) -> None:
    """Writes a stamp in one move, so that an interruption leaves the old one or none."""
    draft = stamp.with_name(stamp.name + ".draft")
    draft.write_text(value, encoding="utf-8")
    draft.replace(stamp)
