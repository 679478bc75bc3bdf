# SPDX-License-Identifier: Apache-2.0
"""Secrets by their names: the files of a folder, as container platforms lay them. Other names name nothing."""

import re
from collections.abc import Callable
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)


def secrets_of(folder: Path | None) -> Callable[[str], str]:
    """What finds a secret: the text of the file of that name, without the white space around it.

    The function raises ``KeyError`` where there is none.
    """

    def find(name: str) -> str:
        if folder is None or not _NAME.fullmatch(name):
            raise KeyError(name)
        try:
            return (folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyError(name) from error

    return find
