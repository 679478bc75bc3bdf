# SPDX-License-Identifier: Apache-2.0
"""From bytes to findings: every broken upload raises exactly what the manifest says, by reading and checks together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from boundaries.checks.check import check_units
from boundaries.findings import Finding
from boundaries.reading.read import read_upload
from boundaries.reading.upload import Answers, Reading
from tests.boundaries.check_samples import CASES, DEFECTS, KNOWN, codes

pytestmark = pytest.mark.slow
# What a person answers to the question that the upload raises.
ANSWERS: Mapping[str, Answers] = {
    "07": Answers(crs="EPSG:9213"),
    "08": Answers(crs="EPSG:9213"),
    "10": Answers(crs="EPSG:9213"),
    "11": Answers(crs="EPSG:4326", swap_axes=True),
    "12": Answers(crs="EPSG:9213", swap_axes=True),
    "19": Answers(encoding="utf-8"),
    "20": Answers(encoding="tcvn3"),
    "21": Answers(encoding="vni"),
    "36": Answers(fields={"code": "Mã đơn vị", "name": "Tên đơn vị", "type": "Cấp"}),
}


def received(file: str, answers: Answers, staging: Path) -> tuple[Reading, list[Finding]]:
    reading = read_upload(DEFECTS / file, file, answers, KNOWN, staging)
    checked: list[Any] = [] if reading.frame is None else check_units(reading.frame, KNOWN)
    return reading, [*reading.findings, *checked]


@pytest.mark.parametrize("file", CASES)
def test_an_upload_raises_exactly_the_findings_of_the_manifest(file: str, tmp_path: Path) -> None:
    _, findings = received(file, Answers(), tmp_path)
    assert codes(findings) == set(CASES[file]["expect"])


@pytest.mark.parametrize("number", ANSWERS)
def test_an_answered_upload_is_as_good_as_the_sound_one(number: str, tmp_path: Path) -> None:
    file = next(name for name in CASES if name.startswith(number))
    reading, _ = received(file, ANSWERS[number], tmp_path)
    assert reading.frame is not None and len(reading.frame) == 32
    assert check_units(reading.frame, KNOWN) == []
