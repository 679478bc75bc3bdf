# SPDX-License-Identifier: Apache-2.0
"""What a part answers: figures with their targets, and everything that was measured."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """One result. ``value`` is a ratio (ours to the peer's), or what the target is said in.

    Args:
        target: ``None``: told for the sake of completeness, nothing was promised.
        at_least: whether more is better.
    """

    name: str
    value: float | None
    target: float | None = None
    at_least: bool = True
    unit: str = "×"
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; ``None`` when there is none, or nothing was measured."""
        if self.target is None or self.value is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def as_json(self) -> dict[str, Any]:
        """For the raw file."""
        return {**asdict(self), "reached": self.reached}


@dataclass
class Part:
    """Results of one part: figures, bars for the plots (title -> name -> rate or ms), and the raw numbers."""

    figures: list[Figure] = field(default_factory=list)
    bars: dict[str, dict[str, float]] = field(default_factory=dict)
    lines: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)

    def ratio(
        self, name: str, ours: float | None, theirs: float | None, target: float | None = None, **more: Any
    ) -> None:
        """Ours to theirs; a peer that is not there leaves the figure empty."""
        value = round(ours / theirs, 3) if ours is not None and theirs else None
        kind: Literal["", "not there"] = "" if value is not None else "not there"
        self.figures.append(Figure(name, value, target, note=more.pop("note", kind), **more))

    def as_json(self) -> dict[str, Any]:
        """For the raw file."""
        return {
            "figures": [one.as_json() for one in self.figures],
            "bars": self.bars,
            "lines": self.lines,
            "raw": self.raw,
        }


Verdict = Literal["reached", "not reached", "not there", ""]


def verdict(figure: dict[str, Any]) -> Verdict:
    """A word for the table."""
    if figure["value"] is None:
        return "not there"
    if figure["reached"] is None:
        return ""
    return "reached" if figure["reached"] else "not reached"
