# SPDX-License-Identifier: Apache-2.0
"""Uploads for tests: the broken ones with what they must raise, the formats, and the units that are known already."""

import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.known import KnownUnits, known_from_features
from boundaries.reading.read import read_upload
from boundaries.reading.upload import Answers, Reading

DATA = Path(__file__).parent / "data"
DEFECTS = DATA / "defects"
FORMATS = DATA / "formats"
_PUBLISHED = Path(__file__).resolve().parents[2] / "simulators" / "data"


def features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return found


@cache
def known_units() -> KnownUnits:
    """The 32 units of 2017 are published; the 8 of 2025 are known too."""
    return KnownUnits(
        units=known_from_features(features(_PUBLISHED / "synthetic_city_2017_32.geojson"), "city-2017")
        + known_from_features(features(DATA / "synthetic_city_2025_8.geojson"), "city-2025"),
        current="city-2017",
    )


@cache
def cases() -> list[dict[str, Any]]:
    """The manifest of broken uploads."""
    found: list[dict[str, Any]] = json.loads((DEFECTS / "manifest.json").read_text(encoding="utf-8"))["cases"]
    return found


def read(path: Path, known: KnownUnits | None = None, **answers: Any) -> Reading:
    """Read a file under its own name."""
    return read_upload(path, path.name, Answers(**answers), known or known_units())


def codes(reading: Reading) -> list[str]:
    return sorted(finding.code for finding in reading.findings)


def zipped(path: Path, members: dict[str, Path | bytes]) -> Path:
    """A zip of files, by the names that they have inside."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in members.items():
            archive.writestr(name, source if isinstance(source, bytes) else source.read_bytes())
    return path
