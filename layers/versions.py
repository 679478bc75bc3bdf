# SPDX-License-Identifier: Apache-2.0
"""Several versions of one record in a batch: which of them stand, and in what order they apply. Pure."""

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """One record of a batch: its identity, and the revision that the source counts for it."""

    @property
    def key(self) -> Hashable:
        """What makes two records of a batch versions of one."""

    @property
    def said(self) -> int | None:
        """The revision that the source said, ``None`` where it counts none."""


_Item = TypeVar("_Item", bound=Versioned)


def standing(items: Sequence[_Item]) -> list[_Item]:
    """Without versions that the same batch replaces. Only where no revision orders them: the same batch again must not
    write them all once more."""
    last = {item.key: place for place, item in enumerate(items)}
    counted = {item.key for item in items if item.said is not None}
    return [item for place, item in enumerate(items) if item.key in counted or place == last[item.key]]


def replaced(items: Sequence[_Item], latest: Sequence[_Item]) -> list[_Item]:
    """The others: versions that the same batch replaces."""
    kept = {id(item) for item in latest} if len(latest) < len(items) else None
    return [] if kept is None else [item for item in items if id(item) not in kept]


def rounds(items: Sequence[_Item]) -> list[list[_Item]]:
    """Split so that no key comes twice in one statement: several versions of a record apply in their order."""
    found: list[list[_Item]] = []
    seen: dict[Hashable, int] = {}
    for item in items:
        nth = seen.get(item.key, 0)
        seen[item.key] = nth + 1
        if nth == len(found):
            found.append([])
        found[nth].append(item)
    return found
