# SPDX-License-Identifier: Apache-2.0
"""Names of findings across checks, full names of units, sentences, remembered answers: what needs no database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import Polygon, box

from boundaries.checks.repairs import REPAIRS
from boundaries.compare.compare import compare
from boundaries.compare.values import UnitShape
from boundaries.drafts.asking import Upload, ask, producer_key, to_remember
from boundaries.drafts.fields import answers
from boundaries.drafts.naming import named, unit_shapes, why_no_units
from boundaries.drafts.repair_titles import TITLES
from boundaries.drafts.show import Viewer, allowed
from boundaries.drafts.stored import finding_rows, fingerprint
from boundaries.drafts.summary import area_vi, compared
from boundaries.findings import found
from boundaries.known import KnownUnit
from tests.boundaries.upload_samples import DEFECTS, known_units

OVERLAP = replace(
    found("TOPO_OVERLAP", units=("00001", "00002")), geometry=box(105.8, 21.5, 105.81, 21.51), measure=1_234.5
)


def frame(**columns: list[Any]) -> Any:
    shapes = columns.pop("shapes", [box(105.8, 21.5, 105.9, 21.6)] * len(columns["code"]))
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=4326)


def test_a_finding_keeps_its_name_while_it_is_the_same_fault() -> None:
    same = replace(OVERLAP, measure=1_236.0, units=("00002", "00001"), detail_vi="khác")
    assert fingerprint(same) == fingerprint(OVERLAP)
    moved = replace(OVERLAP, geometry=box(105.9, 21.5, 105.91, 21.51))
    for other in (replace(OVERLAP, measure=12_345.0), replace(OVERLAP, units=("00001",)), moved):
        assert fingerprint(other) != fingerprint(OVERLAP)


def test_what_no_database_can_store_is_left_out_of_a_finding() -> None:
    (row,) = finding_rows([replace(OVERLAP, measure=float("inf"), detail_vi="a\0b", units=("\ud800",))])
    assert (row["measure"], row["detail_vi"], row["units"]) == (None, "ab", ["?"])


@pytest.mark.parametrize(("name", "kind", "expected"), [
    ("Gia Sàng", "Phường", ("Gia Sàng", "Phường", "Phường Gia Sàng")),
    ("Phường Gia Sàng", "Phường", ("Gia Sàng", "Phường", "Phường Gia Sàng")),
    ("phường Gia Sàng", "", ("Gia Sàng", "Phường", "Phường Gia Sàng")),
    ("Gia Sàng", "PHƯỜNG", ("Gia Sàng", "Phường", "Phường Gia Sàng")),
    ("Gia Sàng", None, ("Gia Sàng", "Xã", "Xã Gia Sàng")),
    (None, None, ("Cam Giá", "Xã", "Xã Cam Giá")),
    ("Xãi", "", ("Xãi", "Xã", "Xã Xãi")),
])  # fmt: skip
def test_a_unit_gets_its_full_name(name: str | None, kind: str | None, expected: tuple[str, str, str]) -> None:
    published = {"05467": KnownUnit("05467", "Cam Giá", "Xã Cam Giá", "Xã", "old")}
    row = named(frame(code=[" 05467 "], name=[name], type=[kind]), published).iloc[0]
    assert (row["name"], row["type"], row["full_name"], row["code"]) == (*expected, "05467")


def test_rows_that_cannot_be_units_say_why() -> None:
    bow = Polygon([(105, 21), (106, 22), (106, 21), (105, 22)])
    rows = frame(
        code=["1", "1", None], name=["a", " ", "c"], type=["Xã"] * 3, shapes=[bow, None, box(105, 21, 106, 22)]
    )
    assert [vi for vi, _ in why_no_units(named(rows, {}))] == [
        "2 hình thiếu hoặc không hợp lệ", "1 đơn vị không có mã", "1 mã bị trùng", "1 đơn vị không có tên",
    ]  # fmt: skip
    assert why_no_units(named(frame(code=["1"], name=["a"], type=[None]), {})) == []


def test_the_sentence_says_what_would_change() -> None:
    square = UnitShape("1", "A", "Xã A", "Xã", _square(105.80))
    other = UnitShape("2", "B", "Xã B", "Xã", _square(105.82))
    wider = replace(other, geometry=_square(105.82, 0.011))
    said = compared(2, compare([square, other], [square, wider]), [OVERLAP])
    assert said["sentence"]["vi"].startswith("2 đơn vị: 1 không đổi, 1 vẽ lại 0,") and said["findings"]["error"] == 1
    assert said["sentence"]["en"].startswith("2 units: 1 unchanged, 1 redrawn by 0.")
    assert (area_vi(1_234_567_890.0), area_vi(12_345.0), area_vi(12.3)) == ("1.234,6 km²", "0,012 km²", "12 m²")


def _square(west: float, side: float = 0.01) -> Any:
    rows = frame(code=["1"], name=["a"], type=["Xã"], shapes=[box(west, 21.5, west + side, 21.51)])
    return unit_shapes(named(rows, {}))[0].geometry


def test_every_repair_has_a_title() -> None:
    assert TITLES.keys() == REPAIRS.keys() and all(vi and en for vi, en in TITLES.values())


def test_an_answer_of_a_person_is_no_longer_remembered() -> None:
    remembered = ["encoding", "crs", "swap_axes"]
    before = {"crs": "EPSG:9213", "swap_axes": False, "encoding": "tcvn3", "remembered": remembered}
    after = answers({"encoding": "vni"}, before)
    assert after == {"crs": "EPSG:9213", "swap_axes": False, "encoding": "vni", "remembered": ["crs", "swap_axes"]}
    assert producer_key("  Công ty\tA ") == producer_key("công TY a")


@contextmanager
def _folder(root: Path) -> Iterator[Path]:
    made = root / str(len(list(root.iterdir())))
    made.mkdir()
    yield made


def test_memory_answers_what_is_asked_and_offered_and_nothing_else(tmp_path: Path) -> None:
    (path,) = DEFECTS.glob("10_*")
    upload = Upload(path, path.name, known_units())
    fits = ask(upload, {}, {"crs": "EPSG:9213", "encoding": "tcvn3"}, lambda: _folder(tmp_path))
    assert len(fits.reading.frame) == 32 and fits.remembered == ("crs", "swap_axes")
    assert to_remember(fits) == {"crs": "EPSG:9213", "swap_axes": False}
    strange = ask(upload, {}, {"crs": "EPSG:3857"}, lambda: _folder(tmp_path))
    assert strange.is_open and strange.remembered == ()


READY: dict[str, Any] = {
    "state": "checked", "revision": 3, "checked_revision": 3, "version": 7, "blocking": 0, "unit_set": "a",
    "base_set": "a", "base_version": 1, "current_version": 1, "target_published": True, "legal_document": None,
    "asked_by": None, "approved_by": None, "job_state": "done",
}  # fmt: skip


@pytest.mark.parametrize(("changes", "approval", "may"), [
    ({}, False, "change repair publish withdraw"),
    ({}, True, "change repair ask_approval withdraw"),
    ({"asked_by": "lan", "state": "awaiting_approval"}, True, "change approve withdraw"),
    ({"asked_by": "minh", "state": "awaiting_approval"}, True, "change withdraw"),
    ({"asked_by": "minh", "approved_by": "lan", "state": "awaiting_approval"}, True, "change publish withdraw"),
    ({"blocking": 1}, False, "change repair withdraw"),
    ({"version": None}, False, "change repair withdraw"),
    ({"revision": 4}, False, "change repair withdraw"),
    ({"current_version": 2}, False, "change repair withdraw"),
    ({"unit_set": "b", "target_published": False}, False, "change repair withdraw"),
    ({"unit_set": "b", "target_published": False, "legal_document": 1}, False, "change repair publish withdraw"),
    ({"unit_set": "b", "legal_document": 1}, False, "change repair withdraw"),
    ({"state": "checking", "job_state": "running"}, False, "change withdraw cancel"),
    ({"state": "publishing", "job_state": "running"}, False, "cancel"),
    ({"state": "published"}, False, ""),
    ({"state": "withdrawn"}, False, ""),
])  # fmt: skip
def test_what_a_person_may_do_follows_the_state(changes: dict[str, Any], approval: bool, may: str) -> None:
    assert allowed({**READY, **changes}, Viewer("minh", approval)) == may.split()
