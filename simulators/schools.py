# SPDX-License-Identifier: Apache-2.0
"""Offices that fill in templates: the empty spreadsheet is fetched from the server, filled, and dropped into a folder.

One file each for schools, pupils, vaccinations, health records and accounts of the citizen app; XLSX or CSV. A column
is filled by its Vietnamese title, as a person would; the example row is left where it stands.
"""

import argparse
import csv
import io
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import httpx
from openpyxl import load_workbook

from simulators.boundaries import Unit, load_ground
from simulators.keys import CREDENTIALS
from simulators.moments import today
from simulators.places_in_unit import anywhere

Row: TypeAlias = dict[str, Any]
_LEVELS = (("Mầm non", "MN", "Trường mầm non"), ("Phổ thông", "TH", "Trường tiểu học"),
           ("Phổ thông", "THCS", "Trường THCS"))  # fmt: skip


def schools(rng: Random, units: tuple[Unit, ...], day: date) -> list[Row]:
    """Three schools in every commune; some without coordinates, some with a level that is not in the list."""
    rows = []
    for number, unit in enumerate(units, 1):
        for level, short, words in _LEVELS:
            lon, lat = anywhere(rng, unit)
            row: Row = {
                "Mã": f"19{number:03}-{short}", "Tên": f"{words} {unit.name} (mô phỏng)", "Bậc học": level,
                "Địa chỉ": unit.full_name, "Kinh độ": lon, "Vĩ độ": lat,
            }  # fmt: skip
            if rng.random() < 0.05:
                row |= {"Kinh độ": None, "Vĩ độ": None}
            rows.append(row)
    return rows


def pupils(rng: Random, units: tuple[Unit, ...], day: date) -> list[Row]:
    """Pupils of each commune in the school year that has begun."""
    year = day.year if day.month >= 9 else day.year - 1
    return [_value(unit, f"{year}-09-01/{year + 1}-06-01", {"Học sinh": rng.randint(300, 6500)}) for unit in units]


def vaccinations(rng: Random, units: tuple[Unit, ...], day: date) -> list[Row]:
    """Fully immunised children by their two numbers; in some communes too few."""
    rows = []
    for unit in units:
        children = rng.randint(4, 10) if rng.random() < 0.05 else rng.randint(30, 160)
        done = round(children * rng.uniform(0.7, 0.98))
        rows.append(_value(unit, _last_month(day), {"Số đạt": done, "Số trong diện": children}))
    return rows


def health_records(rng: Random, units: tuple[Unit, ...], day: date) -> list[Row]:
    """The share of people with an electronic record, as the office computed it."""
    share = "Có hồ sơ sức khoẻ điện tử"
    return [_value(unit, _last_month(day), {share: round(rng.uniform(52, 97), 1)}) for unit in units]


def app_accounts(rng: Random, units: tuple[Unit, ...], day: date) -> list[Row]:
    """Accounts of the citizen app; in some communes a handful."""
    return [
        _value(
            unit, _last_month(day), {"Tài khoản": rng.randint(1, 4) if rng.random() < 0.03 else rng.randint(90, 9500)}
        )
        for unit in units
    ]


TABLES: dict[str, Callable[[Random, tuple[Unit, ...], date], list[Row]]] = {
    "schools": schools,
    "school_pupils": pupils,
    "vaccinations": vaccinations,
    "health_records": health_records,
    "app_accounts": app_accounts,
}


def _value(unit: Unit, period: str, value: Row) -> Row:
    return {"Mã ĐVHC": unit.code, "Bộ địa giới": unit.set, "Kỳ": period, **value}


def _last_month(day: date) -> str:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return f"{year}-{month:02}"


def filled(template: bytes, form: str, rows: list[Row]) -> bytes:
    """The template with rows under its example.

    Raises:
        KeyError: the template lacks a column that we fill.
    """
    if form == "xlsx":
        book = load_workbook(io.BytesIO(template))
        sheet = book.worksheets[0]
        columns = {str(cell.value): cell.column for cell in sheet[1]}
        for number, row in enumerate(rows, 3):
            for title, value in row.items():
                sheet.cell(number, columns[title], value)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()
    listed = list(csv.reader(io.StringIO(template.decode("utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, listed[0], lineterminator="\r\n")
    writer.writeheader()
    csv.writer(text, lineterminator="\r\n").writerows(listed[1:])
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def drop(folder: Path, name: str, content: bytes) -> Path:
    """Write a file beside its name, then give it the name: no reader sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    made, part = folder / name, folder / f".{name}.part"
    part.write_bytes(content)
    os.replace(part, made)
    return made


def _drop() -> Path:
    """The drop folder of the demonstration, or one here."""
    credentials = os.environ.get(CREDENTIALS)
    return Path(credentials).with_name("drop") if credentials else Path("drop")


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate schools", description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", type=Path, nargs="?", default=_drop(), help="below it a folder for each layer is made: DIR/schools/…"
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="whose templates are filled")
    parser.add_argument("--seed", default="offices")
    parser.add_argument("--layers", nargs="+", choices=tuple(TABLES), default=list(TABLES))
    parser.add_argument("--form", choices=("xlsx", "csv"), default="xlsx")
    parser.add_argument("--count", type=int, default=0, help="so many communes only; 0: all 92")
    parser.add_argument("--corrupt", type=float, default=0.0, help="share of rows whose level or number is nonsense")
    parser.add_argument("--key", help="where reading needs a key")
    chosen = parser.parse_args(argv)
    units = load_ground().province[: chosen.count or None]
    headers = {"Authorization": f"Bearer {chosen.key}"} if chosen.key else {}
    with httpx.Client(base_url=chosen.url.rstrip("/"), headers=headers, timeout=30.0, trust_env=False) as client:
        for layer in chosen.layers:
            rng = Random(f"{chosen.seed}/{layer}")
            rows = [_spoilt(rng, row, chosen.corrupt) for row in TABLES[layer](rng, units, today())]
            answer = client.get("/imports/template", params={"layer": layer, "f": chosen.form}).raise_for_status()
            made = drop(
                chosen.folder / layer, f"{layer}-{today()}.{chosen.form}", filled(answer.content, chosen.form, rows)
            )
            print(f"{made}: {len(rows)} rows", flush=True)
    return 0


def _spoilt(rng: Random, row: Row, share: float) -> Row:
    if rng.random() >= share:
        return row
    last = "Bậc học" if "Bậc học" in row else list(row)[-1]
    return {**row, last: "không rõ"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
