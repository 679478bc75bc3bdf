# SPDX-License-Identifier: Apache-2.0
"""Every failure that the product can explain has a status, a code of its own and a place in the drawn tree."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import geo.errors
from api.errors import STATUS, status_of
from geo.errors import MapError
from tests.architecture.tree import PACKAGES


def _import_everything() -> None:
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".migrations" not in module.name and ".alembic" not in module.name:
                importlib.import_module(module.name)


def _failures(kind: type[MapError] = MapError) -> Iterator[type[MapError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _failures(child)


_import_everything()
FAILURES = sorted(
    {kind for kind in _failures() if kind.__module__.split(".")[0] in PACKAGES}, key=lambda one: one.__name__
)


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_every_failure_has_a_status_through_an_ancestor(kind: type[MapError]) -> None:
    assert any(ancestor in STATUS for ancestor in kind.__mro__ if ancestor is not MapError)
    assert 400 <= status_of(kind("why")) < 600


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_every_failure_has_a_stable_code_and_says_when_it_happens(kind: type[MapError]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]+", kind.default_code)
    assert kind.__doc__


def test_no_two_failures_share_a_code() -> None:
    codes = [kind.default_code for kind in FAILURES]
    assert sorted(codes) == sorted(set(codes))


def test_the_table_names_no_status_for_the_root() -> None:
    assert MapError not in STATUS, "the root would cover what nobody thought of"


def test_the_drawn_tree_names_every_class_of_the_root_module_and_where_it_hangs() -> None:
    own = {kind for kind in FAILURES if kind.__module__ == "geo.errors"}
    drawn = re.findall(r"^    ([│ ]*)[├└]── (\w+)", geo.errors.__doc__ or "", flags=re.MULTILINE)
    assert {name for _, name in drawn} == {kind.__name__ for kind in own}
    parents = {0: "MapError"}
    by_name = {kind.__name__: kind for kind in own}
    for indent, name in drawn:
        level = len(indent) // 4
        assert by_name[name].__base__.__name__ == parents[level]  # type: ignore[union-attr]
        parents[level + 1] = name
