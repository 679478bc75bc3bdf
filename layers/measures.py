# SPDX-License-Identifier: Apache-2.0
"""What is measured: of an administrative unit in a period (an indicator), or by a sensor at a moment. Pure values."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from layers.spec import Text

Grain: TypeAlias = Literal["year", "quarter", "month"]
Quality: TypeAlias = Literal["good", "suspect", "calibrating", "fault"]
QUALITIES: tuple[Quality, ...] = ("good", "suspect", "calibrating", "fault")
# ColorBrewer's YlOrRd, from little to much: it stands out from dark and from light ground.
RAMP = ("#ffeda0", "#feb24c", "#fc7a3a", "#e31a1c", "#8a0026")


@dataclass(frozen=True)
class Measure:
    """What an indicator says of a unit.

    Args:
        unit: in what it counts.
        no_data: what stands where there is no value, which is never zero.
        grain: how long its usual period is.
        whole: whether values are whole numbers.
        additive: whether values of units may be added up.
        ramp: colours from little to much.
        smallest: fewer people than that are not shown: a count below it, and a rate of so few, is kept as no value.
    """

    unit: "Text"
    no_data: "Text"
    grain: Grain = "year"
    whole: bool = False
    minimum: float | None = None
    maximum: float | None = None
    additive: bool = False
    ramp: tuple[str, ...] = RAMP
    no_data_color: str = "#8b93a1"
    smallest: int | None = None

    @property
    def of_people(self) -> bool:
        """Whether it is a share of people, whose two numbers may come beside it: how many, of how many."""
        return self.smallest is not None and not self.additive

    def __post_init__(self) -> None:
        if len(self.ramp) < 2 or not all(re.fullmatch(r"#[0-9a-f]{6}", color) for color in self.ramp):
            raise ValueError("a ramp is two or more colours as #rrggbb")

    def kept(self, value: float | None) -> float | None:
        """A value as it may be kept: a count of too few people is no value. Nobody at all is no person's secret."""
        few = self.additive and self.smallest is not None and value is not None and 0 < value < self.smallest
        return None if few else value

    def share(self, numerator: int, denominator: int) -> float | None:
        """The share in per cent of people, where both are enough people to be shown."""
        if min(numerator, denominator) < max(self.smallest or 0, 1):
            return None
        return round(100 * numerator / denominator, 2)


class ObservedProperty(NamedTuple):
    """What sensors of a layer measure. A field of the same name shows the newest reading."""

    name: str
    title: "Text"
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
