# SPDX-License-Identifier: Apache-2.0
"""The maps of the PDF: before, after and the difference, as vector shapes in VN-2000 with names, scale and legend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from fpdf.drawing import PaintedPath
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import Shapes, as_array, polygons_of, to_plane
from boundaries.report import style, words
from boundaries.report.facts import DrawnUnit, ReportFacts
from boundaries.report.legend import shows_overlays
from boundaries.report.pdf_legend import Look, put_legend, styled
from boundaries.report.pdf_sheet import MARGIN_MM, Sheet
from boundaries.report.shapes import focus, label_point, simplified
from boundaries.report.wording import Lang, foreign, pick

_GAP_MM = 5.0
_LOWEST_MM, _TALLEST_MM = 66.0, 108.0
_DETAIL_MM = 0.06
_NAME_POINTS = 5.6
_STEPS_M = tuple(step * 10**power for power in range(1, 6) for step in (1, 2, 5))


@dataclass(frozen=True)
class Frame:
    """A map's place on the paper, and the ground that it shows: its upper left corner in VN-2000, and a scale."""

    left: float
    top: float
    width: float
    height: float
    west_m: float
    north_m: float
    metres_per_mm: float

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return (
            self.west_m,
            self.north_m - self.height * self.metres_per_mm,
            self.west_m + self.width * self.metres_per_mm,
            self.north_m,
        )

    def on_paper(self, points: Any) -> Any:
        """Metres to mm of the page."""
        x = self.left + (points[:, 0] - self.west_m) / self.metres_per_mm
        y = self.top + (self.north_m - points[:, 1]) / self.metres_per_mm
        return np.column_stack((x, y))


def height_mm(facts: ReportFacts, width_mm: float) -> float:
    """Maps are as tall as their ground asks for, so that two rows of them still fit on a page."""
    west, south, east, north = _ground(facts)
    return min(max(width_mm * (north - south) / max(east - west, 1.0), _LOWEST_MM), _TALLEST_MM)


def half_mm(sheet: Sheet) -> float:
    """The width of one of two maps in a row."""
    return float((sheet.epw - _GAP_MM) / 2)


def put_maps(sheet: Sheet, facts: ReportFacts, lang: Lang) -> None:
    """Two maps in a row, the difference and the legend under them."""
    half = half_mm(sheet)
    height = height_mm(facts, half)
    sheet.keep_room(height + 8)
    places = (("before", facts.maps.before), ("after", facts.maps.after))
    present = [place for place in places if place[1]]
    top = sheet.get_y() + 5
    for index, (side, units) in enumerate(present):
        frame = _frame(facts, MARGIN_MM + index * (half + _GAP_MM), top, half)
        one = facts.base if side == "before" else facts.target
        _caption(sheet, frame, pick(words.LABELS[side], lang), foreign(pick(one.title, lang)) if one else "")
        _side(sheet, frame, facts, side, units)
    sheet.set_y(top + height + 3)
    if len(present) == 2 and facts.changes:
        sheet.keep_room(height + 8)
        top = sheet.get_y() + 5
        frame = _frame(facts, MARGIN_MM, top, half)
        _caption(sheet, frame, pick(words.LABELS["difference"], lang), "")
        _difference(sheet, frame, facts)
        put_legend(sheet, MARGIN_MM + half + _GAP_MM + 2, top, facts, lang)
        sheet.set_y(top + height + 3)
    sheet.set_x(MARGIN_MM)


def _ground(facts: ReportFacts) -> tuple[float, float, float, float]:
    seen = focus(facts.maps)
    assert seen is not None
    west, south, east, north = (float(side) for side in shapely.bounds(to_plane(shapely.box(*seen))))
    return west, south, east, north


def _frame(facts: ReportFacts, left: float, top: float, width: float) -> Frame:
    west, south, east, north = _ground(facts)
    height = height_mm(facts, width)
    scale = 1.08 * max((east - west) / width, (north - south) / height, 0.5)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return Frame(left, top, width, height, middle_x - scale * width / 2, middle_y + scale * height / 2, scale)


def _caption(sheet: Sheet, frame: Frame, title: str, said: str) -> None:
    sheet.set_xy(frame.left, frame.top - 4.6)
    sheet.words(title, 8.5, bold=True)
    sheet.set_xy(frame.left + 22, frame.top - 4.4)
    sheet.words(sheet.fitting(said, frame.width - 24, 7.5), 7.5, "#435567", right_mm=frame.width - 22)


def _planes(frame: Frame, units: Sequence[DrawnUnit]) -> Shapes:
    """The units in the plane, no finer than the paper shows."""
    return simplified(as_array(to_plane(as_array(unit.geometry for unit in units))), _DETAIL_MM * frame.metres_per_mm)


def _side(sheet: Sheet, frame: Frame, facts: ReportFacts, side: str, units: Sequence[DrawnUnit]) -> None:
    shapes = _planes(frame, units)
    for unit, shape in zip(units, shapes, strict=True):
        _paint(sheet, frame, shape, _look(unit))
    if shows_overlays(facts):
        pieces, colour = (facts.maps.lost, style.LOST) if side == "before" else (facts.maps.won, style.WON)
        for _, piece in pieces:
            _paint(sheet, frame, to_plane(piece), Look(colour, colour, 0.2, opacity=0.45))
    if side == "after":
        _stroke_lines(sheet, frame, facts)
    _names(sheet, frame, units)
    _edge(sheet, frame)


def _look(unit: DrawnUnit) -> Look:
    if unit.colour is None:
        return Look(style.UNCHANGED, style.FAINT_BORDER, 0.12)
    return Look(style.UNIT_COLOURS[unit.colour], style.BORDER, 0.18)


def _difference(sheet: Sheet, frame: Frame, facts: ReportFacts) -> None:
    shapes = _planes(frame, facts.maps.after)
    for shape in shapes:
        _paint(sheet, frame, shape, Look(style.UNCHANGED))
    for _, piece in (*facts.maps.won, *facts.maps.lost):
        _paint(sheet, frame, to_plane(piece), Look(style.EXCHANGED, opacity=0.75))
    for shape in shapes:
        _paint(sheet, frame, shape, Look(line=style.BORDER, width_mm=0.22))
    _stroke_lines(sheet, frame, facts)
    _edge(sheet, frame)


def _stroke_lines(sheet: Sheet, frame: Frame, facts: ReportFacts) -> None:
    if facts.maps.old_lines is not None:
        _paint(sheet, frame, to_plane(facts.maps.old_lines), Look(None, style.OLD_BORDER, 0.28, (1.1, 0.9)))
    for one in facts.unagreed:
        if one.geometry is not None:
            _paint(sheet, frame, to_plane(one.geometry), Look(None, style.UNAGREED, 0.55, (1.8, 1.2)))


def _paint(sheet: Sheet, frame: Frame, plane: BaseGeometry, look: Look) -> None:
    """A shape cut to the frame; holes stay open."""
    west, south, east, north = frame.box_m
    margin = 2 * frame.metres_per_mm
    cut = shapely.clip_by_rect(plane, west, south, east, north)
    if look.fill is None and look.line is not None:
        # An outline is cut as a line, or it would run along the frame.
        lines = plane.boundary if polygons_of(plane) else plane
        cut = shapely.clip_by_rect(lines, west - margin, south - margin, east + margin, north + margin)
        cut = shapely.clip_by_rect(cut, west, south, east, north)
    if cut.is_empty:
        return
    path = PaintedPath()
    for points, is_closed in _rings(cut):
        placed = frame.on_paper(points)
        path.move_to(*placed[0].tolist())
        for point in placed[1:].tolist():
            path.line_to(*point)
        if is_closed:
            path.close()
    with sheet.drawing_context() as drawing:
        drawing.add_item(styled(path, look))


def _rings(shape: BaseGeometry) -> Iterable[tuple[Any, bool]]:
    for polygon in polygons_of(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            yield shapely.get_coordinates(ring)[:-1], True
    parts = shapely.get_parts(shape)
    for line in parts[np.isin(shapely.get_type_id(parts), (1, 2))]:
        yield shapely.get_coordinates(line), False


def _names(sheet: Sheet, frame: Frame, units: Sequence[DrawnUnit]) -> None:
    """Names where there is room: changed units first, then the larger ones."""
    taken: list[tuple[float, float, float, float]] = []
    for unit in sorted(units, key=lambda one: (one.colour is None, -one.geometry.area)):
        shown = sheet.known(_short(foreign(unit.name, 40)))
        point = to_plane(shapely.Point(label_point(unit.geometry)))
        x, y = frame.on_paper(shapely.get_coordinates(point))[0].tolist()
        half = sheet.width_of(shown, _NAME_POINTS) / 2
        box = (x - half - 0.4, y - 1.1, x + half + 0.4, y + 1.1)
        inside = (
            box[0] > frame.left
            and box[2] < frame.left + frame.width
            and box[1] > frame.top
            and box[3] < frame.top + frame.height
        )
        if not inside or any(_touch(box, other) for other in taken):
            continue
        taken.append(box)
        for dx, dy in ((-0.2, 0), (0.2, 0), (0, -0.2), (0, 0.2)):
            sheet.set_xy(x - half + dx, y - 1.05 + dy)
            sheet.words(shown, _NAME_POINTS, "#ffffff")
        sheet.set_xy(x - half, y - 1.05)
        sheet.words(shown, _NAME_POINTS, "#1f3243")


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return not (one[0] > other[2] or one[2] < other[0] or one[1] > other[3] or one[3] < other[1])


def _short(name: str) -> str:
    for kind in ("Phường ", "Xã ", "Thị trấn ", "Đặc khu "):
        if name.casefold().startswith(kind.casefold()) and len(name) > len(kind):
            return name[len(kind) :]
    return name


def _edge(sheet: Sheet, frame: Frame) -> None:
    """The frame, and a scale of a round length in its lower left corner."""
    sheet.set_draw_color("#b9c7d4")
    sheet.set_line_width(0.25)
    sheet.rect(frame.left, frame.top, frame.width, frame.height)
    metres = max((step for step in _STEPS_M if step / frame.metres_per_mm <= 26), default=_STEPS_M[0])
    left, low = frame.left + 2.5, frame.top + frame.height - 2.5
    right = left + metres / frame.metres_per_mm
    sheet.set_draw_color("#12212f")
    for start, end in (((left, low), (right, low)), ((left, low - 1), (left, low)), ((right, low - 1), (right, low))):
        sheet.line(*start, *end)
    sheet.set_xy(left + 0.8, low - 3.6)
    sheet.words(f"{metres // 1000} km" if metres >= 1000 else f"{metres} m", 6.5)
