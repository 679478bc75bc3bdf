# SPDX-License-Identifier: Apache-2.0
"""The empty spreadsheet of a layer: Vietnamese header, one example row, and the values that choices allow. Pure."""

import csv
import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from layers.import_cells import EXAMPLE_ID
from layers.import_columns import Column, columns_of, key_column
from layers.spec import FieldSpec, LayerSpec

_EXAMPLES: dict[str, Any] = {
    "time": datetime(2026, 11, 22, 8, 30),
    "end_time": None,
    "lon": 105.844,
    "lat": 21.593,
    "unit_code": "05443",
    "unit_set": "province-2025",
}
_ROWS = 5000


def template_csv(spec: LayerSpec) -> bytes:
    """The template as CSV in UTF-8, with the mark that Excel needs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    columns = _columns(spec)
    writer.writerow([column.title.vi for column in columns])
    writer.writerow(["" if (value := _example(spec, column)) is None else _plain(value) for column in columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def template_xlsx(spec: LayerSpec) -> bytes:
    """The template as a workbook: the sheet to fill in, and one with the allowed values, offered as lists."""
    book = Workbook()
    sheet, allowed = book.active, book.create_sheet("Giá trị cho phép")
    sheet.title = "Dữ liệu"
    allowed.append(["Cột", "Giá trị", "Mã giá trị"])
    for number, column in enumerate(_columns(spec), 1):
        letter = get_column_letter(number)
        head, example = sheet.cell(1, number, column.title.vi), sheet.cell(2, number, _example(spec, column))
        required = column.name in (key_column(spec), "period") or (column.field is not None and column.field.required)
        head.font = Font(bold=True, color="C00000" if required else "1F2937")
        head.fill = PatternFill("solid", fgColor="E5E7EB")
        example.font = Font(italic=True, color="6B7280")
        sheet.column_dimensions[letter].width = max(12, len(column.title.vi) + 4)
        if column.meaning in ("text", "period"):
            # As text from the first key on: a code keeps its leading zero, and 2025-06 does not become a day.
            for row in range(2, 202):
                sheet.cell(row, number).number_format = "@"
        elif column.meaning == "moment":
            example.number_format = "dd/mm/yyyy hh:mm"
        if column.field is not None and column.field.choices:
            _offer(sheet, allowed, column.field, letter)
    sheet.freeze_panes = "A2"
    for letter, width in (("A", 24), ("B", 32), ("C", 18)):
        allowed.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _offer(sheet: Any, allowed: Any, field: FieldSpec, letter: str) -> None:
    first = allowed.max_row + 1
    for choice in field.choices:
        allowed.append([field.title.vi, choice.label.vi, choice.value])
    listed = f"'{allowed.title}'!$B${first}:$B${allowed.max_row}"
    rule = DataValidation(type="list", formula1=listed, allow_blank=not field.required)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _columns(spec: LayerSpec) -> list[Column]:
    """Without the grid coordinates and the radius: degrees are the one form that the template asks for."""
    kept = [column for column in columns_of(spec) if column.meaning != "metres"]
    return [column for column in kept if column.name != "end_time" or spec.has_time]


def _example(spec: LayerSpec, column: Column) -> Any:
    if column.name == key_column(spec):
        return EXAMPLE_ID
    if column.name == "period" and spec.measure is not None:
        return {"year": "2025", "quarter": "2025-Q2", "month": "2025-06"}[spec.measure.grain]
    if column.field is None:
        return _EXAMPLES[column.name]
    field = column.field
    if field.choices:
        return field.choices[0].label.vi
    match field.type:
        case "integer" | "number":
            return field.minimum if field.minimum is not None and field.minimum > 0 else 1
        case "boolean":
            return "có"
        case "datetime":
            return _EXAMPLES["time"]
    return f"{field.title.vi} …"


def _plain(value: Any) -> str:
    return value.strftime("%d/%m/%Y %H:%M") if isinstance(value, datetime) else str(value)
