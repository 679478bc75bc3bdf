# SPDX-License-Identifier: Apache-2.0
"""What a request pushes, what becomes of it, and one record of it on the way. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from layers.errors import Rejected
from layers.placements import Placement
from layers.records import NormalisedRecord
from layers.spec import LayerSpec

Refusal: TypeAlias = tuple[int, Any, Rejected]


@dataclass(frozen=True)
class Batch:
    """What one request pushes."""

    spec: LayerSpec
    source: str
    import_name: str
    records: Sequence[Any]
    snapshot: bool = False
    # The kept message of each record, where it came on the road of a connector; dead letters point at it.
    messages: Sequence[int | None] | None = None
    # Whose dead letters refusals are, where records are another source's than the one that sent them.
    sender: str | None = None


@dataclass
class Receipt:
    """What became of a batch; ``rejected`` in the order of the records."""

    import_name: str
    layer: str
    source: str
    received: int
    accepted: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    withdrawn: int = 0
    retired: int = 0
    unlocated: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    # By index, where somebody wants to know of each: accepted, changed, unchanged or stale.
    outcomes: dict[int, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The answer of the ingest door."""
        names = "layer source received accepted changed unchanged stale withdrawn retired unlocated".split()
        return {
            "import": self.import_name,
            **{name: getattr(self, name) for name in names},
            "rejected": self.rejected,
        }


@dataclass
class Item:
    """One checked record of a batch; unit and revision are found while writing."""

    index: int
    raw: Any
    record: NormalisedRecord
    unit: int | None = None
    revision: int = 1
    # What a person said of its place, where the source says nothing.
    placement: Placement | None = None

    @property
    def key(self) -> str:
        """What makes two records of a batch versions of one."""
        return self.record.external_id

    @property
    def is_unlocated(self) -> bool:
        """Whether nobody knows where it is."""
        return self.placement is None and self.record.location_method == "unlocated"

    @property
    def said(self) -> int | None:
        """The revision that the source said."""
        return self.record.revision
