# SPDX-License-Identifier: Apache-2.0
"""Whether a record says something new: the one rule of identity and freshness, for everything that is pushed. Pure."""

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["new", "changed", "unchanged", "stale", "conflict"]


class Known(NamedTuple):
    """What is stored under a record's identity: its revision, and whether the record says the same."""

    revision: int
    is_same: bool


class Verdict(NamedTuple):
    """What is to be done with a record; ``revision`` is the one that it will have, if it is written."""

    outcome: Outcome
    revision: int

    @property
    def is_due(self) -> bool:
        """Whether the record is to be written."""
        return self.outcome in ("new", "changed")


def judge(said: int | None, known: Known | None, gone: int | None = None) -> Verdict:
    """Judge a record by its revision and content.

    A source that counts no revisions is believed in the order of arrival: other content is the next revision.

    Args:
        said: the record's revision, ``None`` where the source counts none.
        known: what is stored.
        gone: the revision at which it was withdrawn.
    """
    if known is None:
        if gone is not None and said is not None and said <= gone:
            return Verdict("stale", said)
        return Verdict("new", said or (gone or 0) + 1)
    if known.is_same and (said is None or said <= known.revision):
        return Verdict("unchanged", known.revision)
    if said is None:
        return Verdict("changed", known.revision + 1)
    if said < known.revision:
        return Verdict("stale", said)
    return Verdict("conflict" if said == known.revision else "changed", said)
