# SPDX-License-Identifier: Apache-2.0
"""A fault that the child process found, small enough to be sent to the parent as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from boundaries.finding_kinds import Severity


# Not frozen: Python itself sets the traceback of what is raised.
@dataclass(eq=False)
class Fault(Exception):  # noqa: N818 - of the file, not of ours
    """One fault of the file; raised where reading cannot go on, returned where it can.

    Attributes:
        vi, en: what is particular, e.g. the name of the member.
        severity: overrides the code's usual one.
    """

    code: str
    vi: str = ""
    en: str = ""
    severity: Severity | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def named(code: str, name: str) -> Fault:
    """A fault of one file of the upload; names are cut, as a hostile one may be long."""
    short = name if len(name) <= 80 else f"{name[:77]}..."
    shown = "".join(letter if letter.isprintable() else "?" for letter in short)
    return Fault(code, f"Tệp: “{shown}”.", f'File: "{shown}".')
