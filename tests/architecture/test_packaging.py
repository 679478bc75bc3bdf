# SPDX-License-Identifier: Apache-2.0
"""What gets installed: our five packages and pinned requirements; nothing of the machine it was made on."""

import ast
import importlib
import json
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.tree import PACKAGES, ROOT, project_files, with_suffix

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Named by the product's brief, whatever the code imports today.
REQUIRED = {
    "geopandas", "shapely", "fastapi", "geoalchemy2", "psycopg2-binary", "folium", "h3", "rasterio",
}  # fmt: skip
BINARY = (".png", ".jpg", ".woff2", ".zip", ".gpkg", ".pbf", ".mvt", ".ico", ".gz")
# Pieces, so that this file does not contain what it forbids.
MACHINE = re.compile("|".join([r"/ro" r"ot/", r"/wo" r"rk/", r"/ho" r"me/[a-z]+/", r"/tm" r"p/wo" r"rk"]))
LOCKED_HOST = re.compile(r'"resolved":\s*"https?://([^/"]+)')
PUBLIC_NPM = "registry.npmjs.org"


def pins(name: str) -> dict[str, str]:
    """Normalised package name -> pinned version of a requirements file."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "-r")) or not line.strip():
            continue
        match = re.fullmatch(r"([A-Za-z0-9_.-]+)==([^\s;]+)", line)
        assert match, f"{name}: not pinned with ==: {line}"
        found[normalised(match[1])] = match[2]
    return found


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needs(package: str) -> set[str]:
    """What an installed package requires on this platform, without extras."""
    found = (Requirement(line) for line in distribution(package).requires or [])
    return {normalised(one.name) for one in found if one.marker is None or one.marker.evaluate({"extra": ""})}


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_come_from_this_project(package: str) -> None:
    """The names are generic: a stray `api` in site-packages would be imported without a word."""
    path = importlib.import_module(package).__file__
    assert path is not None
    assert Path(path).is_relative_to(ROOT)


def test_the_wheel_lists_its_packages() -> None:
    included = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert set(included) == {*PACKAGES, *(f"{package}.*" for package in PACKAGES)}


def test_direct_requirements_are_pinned_and_complete() -> None:
    direct = {normalised(name) for name in PROJECT["project"]["dependencies"]}
    assert direct >= REQUIRED
    assert direct <= set(pins("requirements.txt"))


def test_the_runtime_pins_are_closed() -> None:
    """Everything a pinned package pulls in is pinned too: the same install tomorrow."""
    pinned = pins("requirements.txt")
    open_ends = {name: needs(name) - set(pinned) for name in pinned}
    assert {name: left for name, left in open_ends.items() if left} == {}


def test_nothing_is_pinned_that_nobody_asked_for() -> None:
    reached: set[str] = set()
    waiting = [normalised(name) for name in PROJECT["project"]["dependencies"]]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        try:
            waiting += needs(name)
        except PackageNotFoundError:
            continue
    assert set(pins("requirements.txt")) - reached == set()


def test_development_adds_to_the_runtime() -> None:
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert not set(pins("requirements-dev.txt")) & set(pins("requirements.txt"))


def test_judges_are_pinned_and_stay_out_of_the_product() -> None:
    """They live in a folder of their own: what the product or its tests run on is pinned elsewhere."""
    judges = set(pins("requirements-judges.txt"))
    assert judges
    assert not judges & (set(pins("requirements.txt")) | set(pins("requirements-dev.txt")))


def test_no_file_tells_of_the_machine_it_was_made_on() -> None:
    guilty = {}
    for name in project_files():
        if name.endswith(BINARY):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        if match := MACHINE.search(text):
            guilty[name] = match[0]
    assert guilty == {}


def test_the_lock_file_points_at_the_public_registry() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert set(LOCKED_HOST.findall(lock)) <= {PUBLIC_NPM}


def test_the_lock_file_names_every_platform() -> None:
    """`npm ci` refuses a lock file made where the registry lacked the packages of other platforms."""
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    missing = {
        name
        for path, entry in locked.items()
        for name in entry.get("optionalDependencies", {})
        if f"node_modules/{name}" not in locked and f"{path}/node_modules/{name}" not in locked
    }
    assert missing == set()


def test_everything_that_the_product_imports_is_a_runtime_requirement() -> None:
    """The tests' environment holds more: what is imported from there breaks on a fresh machine only."""
    ours = {*PACKAGES, "simulators", *sys.stdlib_module_names}
    owners = packages_distributions()
    direct = {normalised(name) for name in PROJECT["project"]["dependencies"]}
    strangers: dict[str, str] = {}
    for name in with_suffix(".py", under=tuple(f"{package}/" for package in (*PACKAGES, "simulators"))):
        for module in imported(ROOT / name) - ours:
            if not {normalised(owner) for owner in owners.get(module, [])} & direct:
                strangers[name] = module
    assert strangers == {}


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found
