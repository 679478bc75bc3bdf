# SPDX-License-Identifier: Apache-2.0
"""The table of finding codes is complete, and says everything in both languages."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from boundaries.findings import KINDS, Severity, found

MANIFEST = Path(__file__).parent / "data" / "defects" / "manifest.json"
EXPECTED = sorted(
    {code for case in json.loads(MANIFEST.read_text(encoding="utf-8"))["cases"] for code in case["expect"]}
)


@pytest.mark.parametrize("code", EXPECTED)
def test_every_code_of_the_manifest_is_in_the_table(code: str) -> None:
    assert code in KINDS


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_has_a_severity_and_a_sentence_in_both_languages(code: str) -> None:
    kind = KINDS[code]
    assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", code)
    assert kind.severity in get_args(Severity)
    assert kind.text_vi.endswith(".") and kind.text_en.endswith(".")
    assert kind.text_vi != kind.text_en


def test_a_finding_adds_what_is_particular_to_the_sentence_of_its_kind() -> None:
    one = found("LAYER_EMPTY", "Lớp: x.", "Layer: x.")
    assert one.severity == "error"
    assert one.detail_en == f"{KINDS['LAYER_EMPTY'].text_en} Layer: x."
    assert one.detail_vi.endswith("Lớp: x.")


def test_a_code_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(KeyError):
        found("NO_SUCH_CODE")
