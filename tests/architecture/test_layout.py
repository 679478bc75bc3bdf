# SPDX-License-Identifier: Apache-2.0
"""Names and sizes: a module has a subject, and fits on a few screens."""

import re
from pathlib import PurePosixPath

import pytest

from tests.architecture.tree import PACKAGES, ROOT, line_count, project_files, with_suffix

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
MODULE_LINES, MODULE_LINES_HARD = 300, 400
# Modules between the two limits: each with its reason, none by accident.
OVER_THE_BUDGET: dict[str, str] = {}
CATALOG_LINES = 80
FRONTEND_LINES = 250
LICENCE = "SPDX-License-Identifier: Apache-2.0"


def test_no_module_is_named_after_nothing() -> None:
    """A drawer called "utils" fills up with what nobody can find again."""
    named = [name for name in with_suffix(".py", ".ts", ".tsx") if PurePosixPath(name).stem.lower() in FORBIDDEN]
    folders = [name for name in project_files() if FORBIDDEN & set(PurePosixPath(name).parts[:-1])]
    assert named + folders == []


def test_python_modules_keep_their_budget() -> None:
    too_long = {name: line_count(name) for name in with_suffix(".py") if line_count(name) > MODULE_LINES}
    assert {name: lines for name, lines in too_long.items() if lines > MODULE_LINES_HARD} == {}
    assert {name: lines for name, lines in too_long.items() if name not in OVER_THE_BUDGET} == {}


def test_a_layer_fits_on_one_page() -> None:
    files = with_suffix(".py", under=("layers/catalog/",))
    assert {name: line_count(name) for name in files if line_count(name) > CATALOG_LINES} == {}


def test_front_end_files_keep_their_budget() -> None:
    files = with_suffix(".ts", ".tsx", ".css", under=("frontend/",))
    assert {name: line_count(name) for name in files if line_count(name) > FRONTEND_LINES} == {}


def test_source_files_begin_with_the_licence() -> None:
    sources = [*with_suffix(".py", ".ts", ".tsx"), "toancanh"]
    silent = []
    for name in sources:
        head = (ROOT / name).read_text(encoding="utf-8").splitlines()[:2]
        if head and not any(LICENCE in line for line in head):
            silent.append(name)
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_what_it_is_for(package: str) -> None:
    text = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    assert re.search(r'^"""\S', text, flags=re.MULTILINE), f"{package}/__init__.py has no docstring"
