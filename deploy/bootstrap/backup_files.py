# SPDX-License-Identifier: Apache-2.0
"""The files that people uploaded, beside the dump: they lie under the hash of their bytes and never change.

So a copy taken while the product runs is whole, and putting it back only adds what is missing.
"""

import os
import re
import tarfile
from pathlib import Path

from bootstrap.console import Failure, Step

_KEPT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}")


def beside(dump: Path) -> Path:
    """Where the files of a dump are."""
    return dump.with_name(dump.name + ".files.tar")


def save(step: Step, files: Path, target: Path) -> int:
    """Writes every kept file into one archive; answers how many. Without any there is no archive."""
    kept = sorted(path for path in files.glob("??/*") if _KEPT.fullmatch(str(path.relative_to(files))))
    if not kept:
        target.unlink(missing_ok=True)
        return 0
    draft = target.with_name(target.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for path in kept:
                archive.add(path, str(path.relative_to(files)))
                step.tick()
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return len(kept)


def restore(step: Step, source: Path, files: Path) -> int:
    """Puts back what is missing; answers how many files the archive holds. Names that are no hash are refused."""
    if not source.is_file():
        return 0
    count = 0
    with tarfile.open(source) as archive:
        for member in archive:
            if not member.isfile() or not _KEPT.fullmatch(member.name):
                raise Failure(f"{source}: tên lạ · not a file of ours: {member.name}")
            archive.extract(member, files, filter="data")
            count += 1
            step.tick()
    return count
