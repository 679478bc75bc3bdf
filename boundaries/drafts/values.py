# SPDX-License-Identifier: Apache-2.0
"""A draft as frozen values: what people decide about it, and which check knew what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

DraftState: TypeAlias = Literal[
    "checking", "questions", "checked", "refused", "failed", "cancelled", "awaiting_approval", "publishing",
    "published", "withdrawn",
]  # fmt: skip
CLOSED: frozenset[DraftState] = frozenset({"published", "withdrawn"})
CHANGEABLE: frozenset[DraftState] = frozenset(
    {"checking", "questions", "checked", "refused", "failed", "cancelled", "awaiting_approval"}
)
BLOCKING_SEVERITIES = ("error", "reject", "question")
# What a survey can explain may be waived with a reason; a code without a shape or a refused file cannot.
WAIVABLE = ("TOPO_", "DIFF_")


@dataclass(frozen=True)
class Target:
    """What a draft becomes: another number of its base set, or another set."""

    unit_set: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None = None
    approximate: bool = False
    attribution_vi: str | None = None
    attribution_en: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class Inputs:
    """What people decide about a draft.

    Attributes:
        scope: codes that the file covers; None for the whole set.
        answers: members of ``boundaries.reading.upload.Answers``; ``remembered`` lists those that the latest check
            took from the memory of the producer.
        repairs: ids of ``boundaries.checks.repairs.REPAIRS``.
        unagreed: pairs of codes whose common border is not agreed, each pair and the list in order.
        legal_document: id of the legal basis.
    """

    title: str
    producer: str | None
    target: Target
    scope: tuple[str, ...] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    unagreed: tuple[tuple[str, str], ...] = ()
    legal_document: int | None = None


@dataclass(frozen=True)
class Draft:
    """A draft with the file that it is made of."""

    id: int
    state: DraftState
    revision: int
    checked_revision: int | None
    base_set: str | None
    base_version: int | None
    version: int | None
    sha256: str
    file_name: str
    inputs: Inputs


def draft_of(row: Any) -> Draft:
    """A draft from its row."""
    target = Target(
        row["unit_set"], row["title_vi"], row["title_en"], row["valid_from"], row["valid_to"], row["approximate"],
        row["attribution_vi"], row["attribution_en"], row["licence"],
    )  # fmt: skip
    inputs = Inputs(
        title=row["title"],
        producer=row["producer"],
        target=target,
        scope=None if row["scope"] is None else tuple(row["scope"]),
        answers=row["answers"],
        repairs=tuple(row["repairs"]),
        unagreed=tuple((pair[0], pair[1]) for pair in row["unagreed"]),
        legal_document=row["legal_document"],
    )
    return Draft(
        row["id"], row["state"], row["revision"], row["checked_revision"], row["base_set"], row["base_version"],
        row["version"], row["sha256"], row["file_name"], inputs,
    )  # fmt: skip
