# SPDX-License-Identifier: Apache-2.0
"""Facts of reports as the database gives them: the synthetic city of 2017 into that of 2025, and two redrawn wards."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import area_of
from boundaries.report.facts import (
    Act,
    Both,
    Change,
    Consequence,
    Finding,
    LegalBasis,
    Move,
    Repair,
    ReportFacts,
    SetFacts,
    SourceFile,
    Totals,
    UnagreedBorder,
    Waiver,
)
from boundaries.report.shapes import Named, drawn_maps
from geo.measure import area_m2

HERE = Path(__file__).parent
CITY_2025 = HERE / "data" / "synthetic_city_2025_8.geojson"
CITY_2017 = HERE.parents[1] / "simulators" / "data" / "synthetic_city_2017_32.geojson"
OLD = SetFacts(
    "city-2017", Both("Thành phố Thái Nguyên, 32 đơn vị", "Thái Nguyên city, 32 units"), date(2017, 8, 18), None, 12, 1
)
NEW = SetFacts("city-2025", Both("Địa bàn thành phố, 8 đơn vị", "The city's ground, 8 units"), date(2025, 7, 1))
LAW = LegalBasis(
    "1683/NQ-UBTVQH15",
    "Uỷ ban Thường vụ Quốc hội",
    "Về việc sắp xếp các đơn vị hành chính cấp xã của tỉnh Thái Nguyên năm 2025",
    date(2025, 6, 16),
    date(2025, 7, 1),
    "1683-nq-ubtvqh15.pdf",
)
SOURCE = SourceFile(
    "ranh_gioi_2025.zip",
    1_284_220,
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Xí nghiệp Trắc địa bản đồ 103",
    "EPSG:9213",
    "tcvn3",
    "CC0-1.0",
    Both("Dữ liệu tổng hợp để trình diễn", "Synthetic data for demonstration"),
)


@lru_cache(maxsize=2)
def units(path: Path) -> tuple[Named, ...]:
    """The units of a set, with what the table shows of them."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return tuple(
        Named(one["properties"]["code"], full_name(one["properties"]), MultiPolygon(area_of(shape(one["geometry"]))))
        for one in features
    )


def full_name(properties: dict[str, Any]) -> str:
    """ "Phường Gia Sàng"."""
    if "full_name" in properties:
        return str(properties["full_name"])
    kind = properties.get("type", "")
    return f"{kind} {properties['name']}".strip()


def pieces(one: BaseGeometry, other: BaseGeometry) -> MultiPolygon:
    """What of one the other does not cover."""
    return area_of(shapely.difference(one, other))


def merged_city() -> ReportFacts:
    """32 units into 8: published, approved by a second person."""
    before, after = units(CITY_2017), units(CITY_2025)
    changes, won, lost = compared(before, after)
    totals = totals_of(before, after, changes)
    return ReportFacts(
        subject="publish",
        number=5,
        state="published",
        title="Sắp xếp đơn vị hành chính cấp xã trên địa bàn thành phố Thái Nguyên",
        dated=datetime(2025, 6, 30, 17, 0, tzinfo=UTC),
        target=replace(NEW, version=44, number=1),
        base=replace(OLD, valid_to=date(2025, 7, 1)),
        sentence=Both("8 đơn vị: 32 đơn vị cũ được sáp nhập thành 8.", "8 units: 32 older units were merged into 8."),
        reason="Thi hành nghị quyết về sắp xếp đơn vị hành chính cấp xã từ ngày 01/7/2025.",
        legal=LAW,
        acts=(
            Act("created", "tran.thi.hoa", datetime(2025, 6, 20, 1, 12, tzinfo=UTC)),
            Act("asked", "tran.thi.hoa", datetime(2025, 6, 27, 8, 41, tzinfo=UTC)),
            Act("approved", "nguyen.van.binh", datetime(2025, 6, 30, 2, 5, tzinfo=UTC)),
            Act("published", "tran.thi.hoa", datetime(2025, 6, 30, 17, 0, tzinfo=UTC)),
        ),
        source=SOURCE,
        totals=totals,
        maps=drawn_maps(before, after, changes, won, lost),
        changes=changes,
        findings=FINDINGS,
        repairs=(
            Repair("rings.orient", 0.0, tuple(unit.code for unit in after)),
            Repair("coverage.clean", 6327.4, ("05443", "05455", "05482")),
        ),
        consequences=CONSEQUENCES,
    )


FINDINGS = (
    Finding(
        1,
        "TOPO_SLIVER_GAP",
        "warning",
        Both("Có khe hở hẹp giữa các đơn vị; có thể khép tự động.", "A narrow gap between units; it can be closed."),
        ("05443", "05455"),
        812.6,
        "m2",
        1.0,
        "coverage.clean",
    ),
    Finding(
        2,
        "DIFF_AREA_LOST",
        "error",
        Both(
            "Tổng diện tích khác bản đang công bố quá mức cho phép: 223,31 km² so với 222,93 km².",
            "The total area differs by more than is allowed: 223.31 km² instead of 222.93 km².",
        ),
        (),
        380_000.0,
        "m2",
        111_000.0,
        None,
        Waiver(
            "Diện tích theo kết quả đo đạc lại năm 2024, đã có biên bản thống nhất giữa các địa phương.",
            "nguyen.van.binh",
            datetime(2025, 6, 27, 3, 22, tzinfo=UTC),
        ),
    ),
    Finding(
        3, "GEOM_RING_ORDER", "info", Both("Chiều của vòng không thống nhất.", "Rings run both ways."), (), 8.0, "count"
    ),
)
CONSEQUENCES = (
    Consequence(
        "cameras",
        Both("Camera", "Cameras"),
        1120,
        846,
        0,
        2,
        (Move("05431", "05443", 212), Move("05434", "05443", 96), Move("05440", "05467", 41), Move("05446", None, 2)),
    ),
    Consequence("schools", Both("Trường học", "Schools"), 164, 118, moves=(Move("05431", "05443", 11),)),
    Consequence("clinics", Both("Cơ sở y tế", "Clinics"), 58, 0),
)


def compared(
    before: tuple[Named, ...], after: tuple[Named, ...]
) -> tuple[tuple[Change, ...], list[tuple[str, BaseGeometry]], list[tuple[str, BaseGeometry]]]:
    """A plain comparison by code, as good as a report's sample needs it."""
    old, new = ({unit.code: unit for unit in side} for side in (before, after))
    changes, won, lost = [], [], []
    for code in sorted(old.keys() | new.keys()):
        one, other = old.get(code), new.get(code)
        gained = pieces(other.geometry, one.geometry) if one and other else other.geometry if other else None
        given = pieces(one.geometry, other.geometry) if one and other else one.geometry if one else None
        won_m2, lost_m2 = (area_m2(shape) if shape is not None else 0.0 for shape in (gained, given))
        is_same = one is not None and other is not None and one.name == other.name
        if is_same and won_m2 + lost_m2 < 1:
            continue
        origins = origins_of(other, before) if other else ()
        if gained is not None and won_m2:
            won.append((code, gained))
        if given is not None and lost_m2:
            lost.append((code, given))
        changes.append(
            Change(
                kinds=kinds_of(one, other, origins),
                code_before=one.code if one else None,
                code_after=other.code if other else None,
                name_before=one.name if one else None,
                name_after=other.name if other else None,
                area_before_m2=area_m2(one.geometry) if one else None,
                area_after_m2=area_m2(other.geometry) if other else None,
                won_m2=won_m2,
                lost_m2=lost_m2,
                moved_m=412.0 if one and other else None,
                lineage=origins,
            )
        )
    return tuple(changes), won, lost


def kinds_of(one: Named | None, other: Named | None, origins: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    """Kinds of change in the words of the comparison."""
    if one is None:
        return ("added",)
    if other is None:
        return ("removed",)
    renamed = ("renamed",) if one.name != other.name else ()
    return (*renamed, "reshaped", "merged") if len(origins) > 1 else (*renamed, "reshaped")


def origins_of(unit: Named, before: tuple[Named, ...]) -> tuple[tuple[str, float], ...]:
    """Which units before lie in one after, by their share."""
    found = []
    for one in before:
        part = float(shapely.intersection(unit.geometry, one.geometry).area / one.geometry.area)
        if part > 0.02:
            found.append((one.code, min(part, 1.0)))
    return tuple(sorted(found, key=lambda origin: -origin[1]))


def totals_of(before: tuple[Named, ...], after: tuple[Named, ...], changes: tuple[Change, ...]) -> Totals:
    """Sums of a comparison."""
    kinds: dict[str, int] = {}
    for change in changes:
        for kind in change.kinds:
            kinds[kind] = kinds.get(kind, 0) + 1
    return Totals(
        len(before),
        len(after),
        len(after) - sum(change.code_after is not None for change in changes),
        sum(area_m2(unit.geometry) for unit in before),
        sum(area_m2(unit.geometry) for unit in after),
        sum(change.won_m2 for change in changes),
        sum(change.lost_m2 for change in changes),
        tuple(kinds.items()),
    )


def redrawn_wards() -> ReportFacts:
    """Two of 32 wards whose common border moves; a draft that nobody has approved, with a border that is open."""
    before = units(CITY_2017)
    old = {unit.code: unit for unit in before}
    giver, taker = neighbours(before)
    piece = shapely.intersection(
        old[giver].geometry, shapely.buffer(old[taker].geometry, 0.004, quad_segs=4, join_style="bevel")
    )
    drawn = {giver: pieces(old[giver].geometry, piece), taker: area_of(shapely.union(old[taker].geometry, piece))}
    after = tuple(Named(one.code, one.name, drawn.get(one.code, one.geometry)) for one in before)
    changes, won, lost = compared(before, after)
    border = shapely.line_merge(shapely.intersection(drawn[giver].boundary, drawn[taker].boundary))
    totals = totals_of(before, after, changes)
    return replace(
        merged_city(),
        subject="draft",
        number=7,
        state="checked",
        title="Đo lại ranh giới hai phường giáp nhau",
        revision=3,
        target=replace(OLD, version=51, number=None),
        base=OLD,
        scope=(giver, taker),
        sentence=Both("32 đơn vị: 30 không đổi, 2 vẽ lại.", "32 units: 30 unchanged, 2 redrawn."),
        reason=None,
        legal=None,
        acts=merged_city().acts[:1],
        totals=totals,
        maps=drawn_maps(before, after, changes, won, lost),
        changes=changes,
        repairs=(),
        consequences=(Consequence("cameras", Both("Camera", "Cameras"), 412, 9, 0, 0, (Move(giver, taker, 9),)),),
        unagreed=(UnagreedBorder(min(giver, taker), max(giver, taker), border, 1830.0),),
    )


def neighbours(before: tuple[Named, ...]) -> tuple[str, str]:
    """Two units with a long common border."""
    best = (0.0, "", "")
    for one in before:
        for other in before:
            if one.code < other.code and one.geometry.intersects(other.geometry):
                common = shapely.intersection(one.geometry.boundary, other.geometry.boundary).length
                best = max(best, (float(common), one.code, other.code))
    return best[1], best[2]
