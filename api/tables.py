# SPDX-License-Identifier: Apache-2.0
"""Tables for people: CSV that spreadsheets open as it is, and that cannot run anything there."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from starlette.responses import Response

Cell: TypeAlias = str | int | float | bool | None
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(header: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """A table as a file of that name. The byte order mark tells Excel that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(cell) for cell in header])
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return Response(
        ("\ufeff" + text.getvalue()).encode(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={
            "Cache-Control": "private, no-cache",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _guarded(cell: Cell) -> Cell:
    """Text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers, also below zero."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
