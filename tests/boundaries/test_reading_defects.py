# SPDX-License-Identifier: Apache-2.0
"""Every broken upload raises exactly what is to be said about its file, layer, coordinates, text and fields."""

from functools import cache
from typing import Any

import geopandas
import pytest

from boundaries.reading.upload import BY_OVERLAP, Reading
from tests.boundaries.upload_samples import DEFECTS, cases, codes, features, known_units, read

# The rest of the manifest is for the checks of units.
OF_THE_READING = ("FILE_", "LAYER_", "CRS_", "ENC_", "FIELD_", "GEOM_NON_FINITE")
# Findings of the reading that leave units to be checked.
HARMLESS = {"CRS_DATUM_SUSPECT", "CRS_GEOJSON_MEMBER", "ENC_NOT_NFC"}
MIB = 1024 * 1024


@cache
def _read(file: str) -> Reading:
    return read(DEFECTS / file)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_a_broken_upload_raises_exactly_its_findings(case: dict[str, Any]) -> None:
    reading = _read(case["file"])
    assert codes(reading) == sorted(code for code in case["expect"] if code.startswith(OF_THE_READING))
    assert reading.peak_bytes < 300 * MIB
    stopped = set(codes(reading)) - HARMLESS
    if stopped and case["file"] != "28_no_shx.zip":
        assert reading.frame is None
    else:
        assert list(reading.frame.columns) == ["code", "name", "type", "parent", "source_row", "geometry"]
        assert reading.frame.crs.to_epsg() == 4326


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_whatever_is_refused_says_what_to_do_in_both_languages(case: dict[str, Any]) -> None:
    for finding in _read(case["file"]).findings:
        assert len(finding.detail_vi) > 20 and len(finding.detail_en) > 20
        assert "/tmp" not in finding.detail_en.replace("../../../../tmp/evil", "")


def _control() -> dict[str, str]:
    return {one["properties"]["code"]: one["properties"]["name"] for one in features(DEFECTS / "00_control_ok.geojson")}


def _names(frame: geopandas.GeoDataFrame) -> dict[str, str]:
    return dict(zip(frame.code, frame.name, strict=True))


@pytest.mark.parametrize(
    ("file", "encoding"),
    [("19_utf8_declared_cp1252.zip", "utf-8"), ("20_tcvn3_nocpg.zip", "tcvn3"), ("21_vni_nocpg.zip", "vni")],
)
def test_the_proposed_encoding_gives_the_names_of_the_control_to_the_last_letter(file: str, encoding: str) -> None:
    (question,) = read(DEFECTS / file).questions
    assert question.kind == "encoding" and question.choices[0].value == encoding
    assert question.choices[0].samples[0][0] != question.choices[0].samples[0][1]
    answered = read(DEFECTS / file, encoding=encoding)
    assert _names(answered.frame) == _control()
    assert codes(answered) == []


@pytest.mark.parametrize("file", ["22_cp1258.zip", "23_nfd_names.geojson"])
def test_composed_names_are_those_of_the_control(file: str) -> None:
    assert _names(read(DEFECTS / file).frame) == _control()


@pytest.mark.parametrize("file", ["07_wrong_crs_metres_as_wgs84.zip", "08_wrong_central_meridian.zip", "10_no_prj.zip"])
def test_the_grid_that_fits_is_proposed_with_its_distance_and_a_preview(file: str) -> None:
    reading = read(DEFECTS / file)
    best = reading.questions[0].choices[0]
    assert best.value == "EPSG:9213" and best.score is not None and best.score < 10
    outline = known_units().outline
    assert best.preview is not None and outline is not None
    assert outline.envelope.buffer(0.01).contains(best.preview.envelope)
    answered = read(DEFECTS / file, crs=best.value, swap_axes=best.swap_axes)
    assert codes(answered) == [] and len(answered.frame) == 32


@pytest.mark.parametrize("file", ["11_swapped_lonlat.geojson", "12_vn2000_xy_swapped.zip"])
def test_swapped_axes_are_swapped_back_when_that_is_confirmed(file: str) -> None:
    choice = read(DEFECTS / file).questions[0].choices[0]
    assert choice.swap_axes
    answered = read(DEFECTS / file, crs=choice.value, swap_axes=True)
    outline = known_units().outline
    assert outline is not None and outline.buffer(0.001).contains(answered.frame.union_all())


def test_the_lost_datum_can_be_given_back() -> None:
    file = DEFECTS / "09_datum_wgs84_in_prj.zip"
    reading = read(file)
    (question,) = reading.questions
    assert not question.is_open and question.choices[0].value == "EPSG:9213"
    measure = next(finding.measure for finding in reading.findings)
    assert measure is not None and 220 < measure < 228
    assert codes(read(file, crs="EPSG:9213")) == []


def test_a_chosen_sheet_is_read() -> None:
    file = DEFECTS / "26_two_layers.zip"
    question = read(file).questions[0]
    assert [choice.label for choice in question.choices] == ["Ranh giới xã", "ban_cu"]
    assert [choice.value for choice in question.choices] == ["ranh giới xã/ranh giới xã.shp|d00", "cu/ban_cu.shp|d01"]
    assert len(read(file, sheet=question.choices[0].value).frame) == 32


def test_a_remembered_sheet_that_is_not_there_does_not_stand_in_the_way() -> None:
    assert codes(read(DEFECTS / "00_control_ok.geojson", sheet="geojson|of another day")) == []


def test_a_confirmed_mapping_is_taken() -> None:
    file = DEFECTS / "36_vietnamese_field_names.gpkg"
    guess = dict(read(file).questions[0].guess)
    assert guess == {"code": "Mã đơn vị", "name": "Tên đơn vị", "type": "Cấp"}
    answered = read(file, fields=guess)
    assert codes(answered) == [] and _names(answered.frame) == _control()


def test_shapes_without_attributes_can_take_the_codes_of_what_they_cover() -> None:
    answered = read(DEFECTS / "27_no_dbf.zip", fields={"code": BY_OVERLAP})
    assert _names(answered.frame) == _control()
    assert "CODE_FROM_OVERLAP" in codes(answered)
