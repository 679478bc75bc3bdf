# SPDX-License-Identifier: Apache-2.0
"""Codes and names together say which unit a row is about; a code alone does not."""

from typing import Any

import pytest

from boundaries.checks.check import check_units
from boundaries.checks.codes import identify
from boundaries.checks.rows import WHOLE, Scope, padded_code, read_rows
from boundaries.known import KnownUnits, known_from_features
from tests.boundaries.check_samples import KNOWN, codes, defect, only
from tests.boundaries.unit_samples import PROVINCE


@pytest.mark.parametrize(
    ("written", "code"),
    [("05431", "05431"), ("5431", "05431"), (" 05431 ", "05431"), ("05431.0", "05431"), ("5431.00", "05431"),
     ("O5431", None), ("543", None), ("054311", None), ("05431.5", None), ("", None), ("０５４３１", None)],
)  # fmt: skip
def test_only_what_a_spreadsheet_does_to_codes_is_undone(written: str, code: str | None) -> None:
    assert padded_code(written) == code


def test_a_row_is_known_by_its_name_where_the_code_is_of_another_unit() -> None:
    rows = identify(read_rows(defect("06")), KNOWN, WHOLE).rows
    about = {row.name: row.known.code for row in rows if row.known}
    assert about["Gia Sàng"] == "05461" and about["Cam Giá"] == "05467"
    assert len(set(about.values())) == 32


def test_a_row_without_a_usable_code_counts_by_its_name() -> None:
    identified = identify(read_rows(defect("05")), KNOWN, WHOLE)
    assert identified.absent == ()


def test_one_code_of_another_period_is_a_slip_and_two_are_a_habit() -> None:
    frame = defect("00")
    frame.loc[frame["code"] == "05461", "code"] = "05467"
    assert "CODE_WRONG_PERIOD" not in codes(check_units(frame, KNOWN))
    frame.loc[frame["code"] == "05491", "code"] = "05455"
    assert "CODE_WRONG_PERIOD" in codes(check_units(frame, KNOWN))


def province_frame() -> Any:
    """The eight city units of 2025 as an upload."""
    import geopandas

    features = [one for one in PROVINCE["features"] if one["properties"]["code"] in CITY_2025]
    frame = geopandas.GeoDataFrame.from_features(features, crs=4326)
    return frame[["code", "name", "type", "geometry"]]


CITY_2025 = ("05443", "05455", "05467", "05482", "05488", "05500", "05503", "05710")


def test_a_whole_upload_of_another_period_is_told_once() -> None:
    """Thirty-two absent units and eight wrong names would say the same, only less clearly."""
    findings = check_units(province_frame(), KNOWN)
    assert [one.code for one in findings if one.code.startswith("CODE")] == ["CODE_WRONG_PERIOD"]
    assert "DIFF_MOVED" not in codes(findings)


def test_an_upload_for_the_other_period_may_carry_its_codes() -> None:
    findings = check_units(province_frame(), KNOWN, Scope(codes=CITY_2025, unit_set="province_2025"))
    assert codes(findings) == set()


def test_a_code_of_nobody_under_a_known_name_is_a_mismatch() -> None:
    frame = defect("00")
    frame.loc[frame["code"] == "05461", "code"] = "09999"
    (finding,) = only(check_units(frame, KNOWN), "CODE_NAME_MISMATCH")
    assert "05461 Gia Sàng" in finding.detail_en


def test_two_units_of_one_name_are_told_apart_by_type() -> None:
    frame = defect("00").head(2).assign(name="Tân Lập", code=[None, ""], type=["Xã", "Phường"])
    features = [
        {"properties": {"code": code, "name": "Tân Lập", "full_name": f"{kind} Tân Lập", "type": kind}}
        for code, kind in (("00001", "Xã"), ("00002", "Phường"))
    ]
    known = KnownUnits(known_from_features(features, "now"), current="now")
    about = [row.known.code for row in identify(read_rows(frame), known, WHOLE).rows if row.known]
    assert about == ["00001", "00002"]


def test_nothing_known_means_nothing_to_compare_with() -> None:
    assert check_units(defect("00"), KnownUnits(())) == []
    assert codes(check_units(defect("05"), KnownUnits(()))) == {"CODE_NULL", "CODE_FORMAT"}
