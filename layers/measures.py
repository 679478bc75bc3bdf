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

    def __post_init__(self) -> None:
        if len(self.ramp) < 2 or not all(re.fullmatch(r"#[0-9a-f]{6}", color) for color in self.ramp):
            raise ValueError("a ramp is two or more colours as #rrggbb")


class ObservedProperty(NamedTuple):
    """What sensors of a layer measure. A field of the same name shows the newest reading."""

    name: str
    title: "Text"
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
