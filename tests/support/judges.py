# SPDX-License-Identifier: Apache-2.0
"""Outside judges of ``requirements-judges.txt``, imported from their own folder; absent ones skip the test."""

import importlib
import sys
from typing import Any

import pytest

from tests.support.stack import ROOT

FOLDER = ROOT / ".venv" / "judges"


def judge(module: str) -> Any:
    """The module of a judge. Last on the path, so that the product's own packages are the product's."""
    if not (FOLDER / module).exists():
        pytest.skip(f"needs {module}: pip install --no-deps --target .venv/judges -r requirements-judges.txt")
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(module)
