# SPDX-License-Identifier: Apache-2.0
"""Failures of layers, and why one record of a batch is refused."""

from geo.errors import Conflict, NotFound


class ImportNotFound(NotFound):
    """The source has no such import, or it was undone already."""

    default_code = "import_not_found"


class SnapshotIncomplete(Conflict):
    """A snapshot from which nothing may be retired."""

    default_code = "snapshot_incomplete"


class Rejected(Exception):
    """One record is refused; the batch goes on.

    Args:
        code: stable slug.
        detail: what was wrong and what to do.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
