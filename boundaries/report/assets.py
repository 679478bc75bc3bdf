# SPDX-License-Identifier: Apache-2.0
"""What is written into a report: Leaflet (BSD-2-Clause) and Noto Sans (OFL 1.1), from the built front end."""

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from geo.errors import Unavailable

_SUBSETS = ("latin", "latin-ext", "vietnamese")
WEIGHTS = (400, 700)
# Layout tables of one subset mean nothing to the letters of another.
_LAYOUT = ("GSUB", "GPOS", "GDEF", "STAT")
_IMAGE = re.compile(r"url\([^)]*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=.*")


@dataclass(frozen=True)
class WebFont:
    """A subset of a weight as the browser takes it."""

    subset: str
    weight: int
    woff2: bytes


@dataclass(frozen=True)
class PrintFont:
    """Both weights as TrueType, and the letters that they have."""

    regular: bytes
    bold: bytes
    letters: frozenset[int]


@dataclass(frozen=True)
class Assets:
    """Scripts, styles and fonts as they are written into reports."""

    leaflet_js: str
    leaflet_css: str
    web_fonts: tuple[WebFont, ...]


def read_assets(static: Path) -> Assets:
    """Leaflet and the small subsets of the font.

    Raises:
        Unavailable: the front end is not built.
    """
    try:
        script = (static / "assets" / "report" / "leaflet.js").read_text(encoding="utf-8")
        style = (static / "assets" / "report" / "leaflet.css").read_text(encoding="utf-8")
        fonts = tuple(
            WebFont(subset, weight, _font_file(static, subset, weight).read_bytes())
            for subset in ("latin", "vietnamese")
            for weight in WEIGHTS
        )
    except FileNotFoundError as missing:
        raise _not_built() from missing
    # Pictures of markers and of the layer button, which no report has: nothing may be fetched.
    return Assets(_SOURCE_MAP.sub("", script), _IMAGE.sub("none", _COMMENT.sub("", style)), fonts)


@lru_cache(maxsize=2)
def print_font(static: Path) -> PrintFont:
    """All subsets of the font as one TrueType font of each weight, which a PDF embeds.

    Raises:
        Unavailable: the front end is not built.
    """
    regular, bold = (_whole(static, weight) for weight in WEIGHTS)
    return PrintFont(_saved(regular), _saved(bold), frozenset(regular.getBestCmap()))


def _whole(static: Path, weight: int) -> Any:
    with TemporaryDirectory() as folder:
        parts = []
        for subset in _SUBSETS:
            try:
                font = TTFont(_font_file(static, subset, weight), recalcTimestamp=False)
            except FileNotFoundError as missing:
                raise _not_built() from missing
            font.flavor = None
            for table in _LAYOUT:
                if table in font:
                    del font[table]
            parts.append(str(Path(folder) / f"{subset}.ttf"))
            font.save(parts[-1])
        whole = Merger().merge(parts)
    whole.recalcTimestamp = False
    return whole


def _saved(font: Any) -> bytes:
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def _font_file(static: Path, subset: str, weight: int) -> Path:
    return static / "assets" / "fonts" / f"noto-sans-{subset}-{weight}-normal.woff2"


def _not_built() -> Unavailable:
    return Unavailable(
        "The front end is not built: reports take Leaflet and their font from it.",
        code="front_end_not_built",
        detail_vi="Chưa dựng giao diện nên chưa lập được báo cáo.",
    )
