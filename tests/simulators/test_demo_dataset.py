# SPDX-License-Identifier: Apache-2.0
"""The demonstration data: exact counts, true places, plausible times, and nobody's personal data."""

import csv
import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from shapely.geometry import shape

from simulators import demo as demo_cli
from simulators import incidents, pois
from simulators.boundaries import CITY_SET, DATA, PROVINCE_SET, Json, read_crosswalk
from simulators.dataset import SEED, Dataset
from simulators.incidents import Generated
from simulators.moments import FIRST_DATE, midnight
from tests.support.stack import ROOT

# What the resolution says, as the product keeps it.
LAW = ROOT / "boundaries/crosswalk/data"

DAY = date(2026, 11, 22)
REFERENCE = midnight(DAY)


def flat(item: Json) -> Json:
    """A GeoJSON feature as a flat record, for assertions that do not care about the form."""
    if item.get("type") != "Feature":
        return item
    return {"id": item["id"], **item["properties"]}


def records(demo: Dataset, layer: str) -> list[Json]:
    return [flat(item) for part in demo.parts if part.layer == layer for item in part.items]


def as_bytes(demo: Dataset) -> str:
    return json.dumps([part.items for part in demo.parts], ensure_ascii=False)


def test_the_same_seed_and_date_export_the_same_bytes(
    tmp_path: Path, demo: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo_cli.main(["export", str(tmp_path), "--date", DAY.isoformat()]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(demo.parts) == len(list(tmp_path.iterdir()))
    for part in demo.parts:
        (path,) = tmp_path.glob(part.title.replace(" ", "-") + ".*json")
        (payload,) = part.payloads(len(part.items))
        assert json.loads(path.read_text(encoding="utf-8")) == payload


def test_another_seed_or_date_gives_other_records(demo: Dataset) -> None:
    later = midnight(DAY + timedelta(days=1))
    assert incidents.generate(demo.scene, "another", REFERENCE) != demo.reports
    assert incidents.generate(demo.scene, SEED, later) != demo.reports
    assert incidents.generate(demo.scene, SEED, REFERENCE) == demo.reports


def test_counts_are_the_figures_of_the_province(demo: Dataset) -> None:
    counts = Counter(part.layer for part in demo.parts for _ in part.items)
    assert counts == {
        "units": 32 + 92,
        "schools": 307,
        "clinics": 13,
        "places": 440,
        "cameras": 409,
        "sensors": 40,
        "incidents": 1819,
        "alerts": 448,
    }


def test_no_id_is_used_twice_in_a_layer(demo: Dataset) -> None:
    for part in demo.parts:
        ids = [item["id"] for item in part.items]
        assert len(ids) == len(set(ids)), part.title
        assert all(1 <= len(name) <= 200 for name in ids)


def test_every_old_unit_and_every_commune_has_cameras(demo: Dataset) -> None:
    cameras = records(demo, "cameras")
    old = Counter(unit.code for c in cameras if (unit := demo.ground.before_at(c["lon"], c["lat"])))
    assert set(old) == {unit.code for unit in demo.ground.city}
    assert all(4 <= count <= 8 for count in old.values())
    today = {demo.ground.today_at(c["lon"], c["lat"]) for c in cameras}
    assert today == set(demo.ground.province)


def test_a_camera_lies_in_the_unit_of_its_id_and_name(demo: Dataset) -> None:
    for camera in records(demo, "cameras"):
        unit = demo.ground.today_at(camera["lon"], camera["lat"])
        assert unit is not None
        assert camera["id"].startswith(f"CAM-{unit.code}-")
        assert camera["name"].endswith(f" · {unit.name}")


def test_a_station_lies_in_the_unit_of_its_name(demo: Dataset) -> None:
    for station in records(demo, "sensors"):
        unit = demo.ground.today_at(station["lon"], station["lat"])
        assert unit is not None and station["name"].endswith(f" · {unit.name}")


def test_every_located_report_lies_in_the_unit_it_names(demo: Dataset) -> None:
    for item in demo.reports:
        if "lon" in item.record:
            assert item.unit is not None
            assert demo.ground.today_at(item.record["lon"], item.record["lat"]) == item.unit
            assert item.record["title"].endswith(item.unit.place)


def test_every_report_in_the_city_has_a_unit_in_both_generations(demo: Dataset) -> None:
    city_today = {unit.code for unit in demo.ground.city_today}
    for item in demo.reports:
        if "lon" in item.record and item.unit is not None:
            old = demo.ground.before_at(item.record["lon"], item.record["lat"])
            assert (old is not None) == (item.unit.code in city_today)


def test_every_alert_has_a_valid_shape_in_the_unit_it_names(demo: Dataset) -> None:
    kinds = Counter[str]()
    for item in demo.warnings:
        area = shape(item.record["geometry"])
        kinds[area.geom_type] += 1
        assert area.is_valid and not area.is_empty
        assert item.unit is not None and item.unit.shape.covers(area)
        assert item.record["properties"]["title"].endswith(item.unit.place)
        if area.geom_type == "Polygon":
            assert area.exterior.is_ccw and len(area.exterior.coords) <= 100
    assert kinds["Point"] > 80 and kinds["Polygon"] > 250


def test_real_places_lie_in_the_province(demo: Dataset) -> None:
    for layer in pois.LAYERS:
        for feature in demo.part(layer).items:
            assert demo.ground.today_at(*feature["geometry"]["coordinates"]) is not None
            assert re.fullmatch(r"node/\d+", feature["id"])


def test_seventy_per_cent_of_reports_are_in_the_city_and_some_have_no_place(demo: Dataset) -> None:
    city_today = {unit.code for unit in demo.ground.city_today}
    known = [item for item in demo.reports if item.unit is not None]
    share = sum(item.unit.code in city_today for item in known if item.unit) / len(known)
    assert 0.68 < share < 0.72
    only_unit = [r for r in records(demo, "incidents") if "unit_code" in r]
    nowhere = [r for r in records(demo, "incidents") if "unit_code" not in r and "lon" not in r]
    assert (len(only_unit), len(nowhere)) == (73, 55)
    assert all("lon" not in r and r["unit_set"] == PROVINCE_SET for r in only_unit)


def test_reports_are_dense_in_the_centre_and_in_the_last_week(demo: Dataset) -> None:
    by_unit = Counter(item.unit.code for item in demo.reports if item.unit)
    assert by_unit.most_common(1)[0][0] == "05443"
    week = [r for r in records(demo, "incidents") if when(r["time"]) >= REFERENCE - timedelta(days=7)]
    assert len(week) / 1819 > 2 * 7 / 90
    hours = Counter(when(r["time"]).hour for r in records(demo, "incidents"))
    assert sum(hours[h] for h in range(7, 19)) > 2 * sum(hours[h] for h in (*range(6), 22, 23))


def test_no_time_is_after_the_reference_or_older_than_the_window(demo: Dataset) -> None:
    for record in chain.from_iterable(records(demo, name) for name in ("incidents", "alerts", "sensors")):
        assert REFERENCE - timedelta(days=92) <= when(record["time"]) <= REFERENCE
        assert record["time"].endswith("+07:00")


def test_the_status_of_a_report_fits_its_age(demo: Dataset) -> None:
    old = [r for r in records(demo, "incidents") if when(r["time"]) < REFERENCE - timedelta(days=30)]
    fresh = [r for r in records(demo, "incidents") if when(r["time"]) > REFERENCE - timedelta(days=1)]
    assert sum(r["status"] in {"resolved", "rejected"} for r in old) / len(old) > 0.95
    assert sum(r["status"] in {"new", "assigned", "in_progress"} for r in fresh) / len(fresh) > 0.7


def test_only_alerts_in_force_end_after_the_reference(demo: Dataset) -> None:
    in_force = [r for r in records(demo, "alerts") if r["status"] == "actual"]
    assert len(in_force) == 9
    for record in records(demo, "alerts"):
        assert when(record["time"]) < when(record["end_time"])
        assert (when(record["end_time"]) > REFERENCE + timedelta(days=1)) == (record["status"] == "actual")
        assert (when(record["end_time"]) > REFERENCE) == (record["status"] == "actual")


def test_choices_are_those_of_the_contract(demo: Dataset) -> None:
    allowed = {
        "incidents": {
            "kind": "traffic environment order infrastructure construction fire flood power health other",
            "severity": "low medium high critical",
            "status": "new assigned in_progress resolved rejected",
            "channel": "app hotline web field camera",
        },
        "alerts": {
            "kind": "weather flood landslide fire health traffic utility security",
            "severity": "minor moderate severe extreme",
            "status": "actual updated cancelled expired",
        },
        "cameras": {"kind": "ptz fixed plate dome", "status": "online offline maintenance"},
        "sensors": {"kind": "air water rain noise", "status": "online offline"},
        "schools": {"kind": "kindergarten school college university"},
        "clinics": {"kind": "hospital clinic pharmacy"},
    }
    for layer, fields in allowed.items():
        for field, values in fields.items():
            assert {r[field] for r in records(demo, layer)} <= set(values.split()), (layer, field)


def test_all_text_is_nfc(demo: Dataset) -> None:
    text = as_bytes(demo)
    assert text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\d)(0|\+84)[35789]\d([ .]?\d){7}(?!\d)",  # mobile numbers
        r"(?<!\d)0\d{2,3}[ .]\d{3}[ .]?\d{3,4}(?!\d)",  # fixed lines
        r"(?<!\d)\d{2}[A-Z]\d?[- ]?\d{3}\.?\d{2}(?!\d)",  # number plates
        r"(?<!\d)(\d{12}|\d{9})(?!\d)",  # identity cards
        r"\b(ông|bà|anh|chị|bác s[ĩỹ]|thầy)\s+[A-ZĐÂÊÔƠƯÁÀẢÃẠ]",  # named persons
        r"[\w.]+@[\w.]+",  # mail addresses
    ],
)
def test_generated_texts_hold_no_personal_data(demo: Dataset, pattern: str) -> None:
    for layer in ("incidents", "alerts", "cameras", "sensors", "clinics"):
        for record in records(demo, layer):
            for value in record.values():
                if isinstance(value, str):
                    assert not re.search(pattern, value), (layer, record["id"], value)


def test_practices_named_after_a_person_get_the_generic_name(demo: Dataset) -> None:
    names = " ".join(r["name"] for r in records(demo, "clinics"))
    assert "Sơn" not in names.replace("Sơn Thị", "") and "Ninh Sỹ" not in names


def test_offices_of_the_abolished_level_say_so(demo: Dataset) -> None:
    names = {r["name"] for layer in pois.LAYERS for r in records(demo, layer)}
    assert "UBND Thành phố Thái Nguyên (trước 01/7/2025)" in names
    assert all(name.endswith("(trước 01/7/2025)") for name in names if "huyện" in name)


def test_unit_sets_are_published_whole_and_the_newer_one_knows_its_predecessors(demo: Dataset) -> None:
    city, province = (part for part in demo.parts if part.layer == "units")
    assert city.members and city.members["unit_set"]["id"] == CITY_SET
    (payload,) = province.payloads(10)
    assert isinstance(payload, dict) and payload["unit_set"]["id"] == PROVINCE_SET
    shares = Counter[str]()
    for feature in province.items:
        for predecessor in feature["properties"].get("predecessors", []):
            assert predecessor["set"] == CITY_SET
            shares[predecessor["code"]] += predecessor["share"]
    assert set(shares) == {item["id"] for item in city.items}
    assert all(abs(share - 1) < 1e-9 for share in shares.values())


def test_the_synthetic_lineage_agrees_with_the_resolution() -> None:
    with (LAW / "crosswalk_2025.csv").open(encoding="utf-8", newline="") as file:
        legal = {(row["old_code"], row["new_code"]) for row in csv.DictReader(file)}
    ours = {(row["old_code"], row["new_code"]) for row in read_crosswalk()}
    codes = {old for old, _ in ours}
    assert {pair for pair in legal if pair[0] in codes} == ours


def test_codes_and_names_of_the_shapes_are_the_real_ones(demo: Dataset) -> None:
    with (DATA / "thai_nguyen_units.csv").open(encoding="utf-8", newline="") as file:
        facts = {(r["unit_set"].replace("_", "-"), r["code"], r["full_name"]) for r in csv.DictReader(file)}
    units = (*demo.ground.city, *demo.ground.province)
    assert {(unit.set, unit.code, unit.full_name) for unit in units} == facts


def test_a_date_before_the_window_of_todays_units_is_refused() -> None:
    with pytest.raises(ValueError, match="2025-07-01"):
        midnight(FIRST_DATE - timedelta(days=1))


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_ids_of_reports_and_alerts_follow_their_time(demo: Dataset) -> None:
    for generated, first in ((demo.reports, "PA-2026-00001"), (demo.warnings, "CB-2026-0001")):
        assert generated[0].record["id"] == first
        times = [time_of(item) for item in generated]
        assert times == sorted(times)


def time_of(item: Generated) -> str:
    return str(flat(item.record)["time"])
