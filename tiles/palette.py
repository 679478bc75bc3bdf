# SPDX-License-Identifier: Apache-2.0
"""The colours of the map by theme. Layers bring their own colours; these are ground, borders and text."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Palette:
    """One theme. Colours are CSS; opacities 0 to 1."""

    background: str
    context_fill: str
    context_line: str
    unit_fill: str
    unit_fill_opacity: float
    unit_glow: str
    unit_line: str
    text: str
    text_strong: str
    halo: str
    rim: str
    area_opacity: float
    faded: float
    folded: float
    number: str


DARK = Palette(
    background="#0a131d",
    context_fill="#0f1c29",
    context_line="#22384c",
    unit_fill="#16283a",
    unit_fill_opacity=0.85,
    unit_glow="#4d8fcb",
    unit_line="#5f86a8",
    text="#d3e0ea",
    text_strong="#eaf2f8",
    halo="#0a131d",
    rim="#0a131d",
    area_opacity=0.22,
    faded=0.32,
    folded=0.85,
    number="#0a131d",
)
LIGHT = Palette(
    background="#e3e9ee",
    context_fill="#eff3f5",
    context_line="#c5d0d9",
    unit_fill="#fbfcfc",
    unit_fill_opacity=0.95,
    unit_glow="#8fb3d1",
    unit_line="#7b93a8",
    text="#3b4c5a",
    text_strong="#1c2a35",
    halo="#fbfcfc",
    rim="#ffffff",
    area_opacity=0.2,
    faded=0.38,
    folded=0.9,
    number="#0f1a24",
)
THEMES = MappingProxyType({"dark": DARK, "light": LIGHT})
