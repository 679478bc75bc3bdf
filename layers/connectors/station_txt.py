# SPDX-License-Identifier: Apache-2.0
"""Text files of automatic stations, as Circular 10/2021/TT-BTNMT has loggers write them.

One line a parameter: ``name, value, unit, yyyyMMddHHmmss, status``, apart by tabs, semicolons or blanks; times are
those of Vietnam and carry no zone. The station is in the file's name, ``<STATION>_<yyyyMMddHHmmss>.txt``. A line that
cannot be read is refused alone: a logger that spoils one parameter still says the others.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from pydantic import model_validator

from layers.connectors.base import Connector, Found, Message, Parsed, Refused
from layers.connectors.quantities import in_unit_of, number_of, printable, property_of
from layers.connectors.reading_times import compact_moment, is_compact
from layers.connectors.redaction import scrub_text
from layers.connectors.stations import ReadingOptions, sensor_of
from layers.errors import Rejected
from layers.measures import ObservedProperty, Quality
from layers.spec import Text

MAX_BYTES = 8_000_000
MAX_LINES = 20_000
MAX_LINE = 500
_COLUMNS = 5
_STATUS: dict[str, Quality] = {
    "00": "good",
    "01": "calibrating",
    "02": "fault",
    "0": "good",
    "1": "calibrating",
    "2": "fault",
}
_NAMED = re.compile(r"(?P<station>.+)_(?P<time>\d{8}(?:\d{2}){0,3})", re.ASCII)
_LONG = re.compile(r"\d{9}")
# Folders of a date: 20261122, 2026-11-22, 2026, 11.
_DATED = re.compile(r"\d[\d._-]*", re.ASCII)


class StationTxtOptions(ReadingOptions):
    """Where the station's code stands, and what goes before it in names of files (``TNG_``)."""

    station_from: Literal["name", "folder", "option"] = "name"
    station: str | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _named(self) -> "StationTxtOptions":
        if self.station_from == "option" and not self.station:
            raise ValueError("station_from: option needs the option 'station'")
        return self


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def parse(message: Message, options: StationTxtOptions) -> Iterator[Parsed]:
    """The station, where it is declared, and one observation a line.

    Raises:
        Rejected: no text, no station, or not one line of the circular's form.
    """
    lines = _lines(_decoded(message.body))
    code = _station(message.name, options)
    if not any(_columns(line.text) for line in lines):
        raise Rejected(
            "no_line_readable", f"not one of {len(lines)} lines is: name, value, unit, yyyyMMddHHmmss, status"
        )
    station = options.stations.get(code)
    if station is not None:
        yield sensor_of(code, station)
    for line in lines:
        try:
            yield _observation(line, options.sensor_id(code), options)
        except Rejected as refused:
            yield Refused(refused.code, f"line {line.number}: {refused.detail}", _kept(line), "sensors")


def redact(message: Message) -> Message:
    """Lines of the circular's form are numbers and stay; whatever else a file holds loses phones, plates and so on."""
    try:
        lines = _decoded(message.body).splitlines()
    except Rejected:
        return message
    clean = [line if _is_numbers(line) else scrub_text(line) for line in lines]
    return message if clean == lines else replace(message, body="\r\n".join(clean).encode())


def _is_numbers(line: str) -> bool:
    """Whether a line has the circular's form and no number in it is as long as a phone's."""
    columns = _columns(line)
    return columns is not None and not any(_LONG.search(re.split("[.,]", one)[0]) for one in columns[:3])


def _decoded(body: bytes) -> str:
    if not body.strip():
        raise Rejected("message_empty", "the file is empty")
    if len(body) > MAX_BYTES:
        raise Rejected("message_too_large", f"a file of readings has at most {MAX_BYTES:,} bytes")
    text = _as_unicode(body)
    if "\x00" in text:
        raise Rejected("not_text", "the file is no text: it holds NUL")
    return text


def _as_unicode(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    if b"\x00" in body[:2]:  # UTF-16 without its mark: a letter of ASCII beside a NUL
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")  # loggers on Windows: µ and °


def _lines(text: str) -> list[_Line]:
    lines = [_Line(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    filled = [line for line in lines if line.text]
    if not filled:
        raise Rejected("message_empty", "the file has no line")
    if len(filled) > MAX_LINES:
        raise Rejected("message_too_large", f"a file of readings has at most {MAX_LINES:,} lines")
    return filled


def _station(name: str, options: StationTxtOptions) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    match options.station_from:
        case "option":
            code = options.station or ""
        case "folder":
            code = next((part for part in reversed(path.parent.parts) if not _DATED.fullmatch(part)), "")
        case "name":
            named = _NAMED.fullmatch(path.stem)
            code = "" if named is None else named["station"]
    code = code.removeprefix(options.prefix).strip()
    if not code or code in ("/", "..") or len(code) > 200 or not code.isprintable():
        raise Rejected(
            "station_missing",
            f"no station in '{printable(name)}': <STATION>_<yyyyMMddHHmmss>.txt, or set 'station_from'",
        )
    return code


def _columns(text: str) -> list[str] | None:
    """Name, value, unit, time and status; ``None`` where a line has another form."""
    if len(text) > MAX_LINE:
        return None
    text = text.strip()
    for separator in ("\t", ";", None):
        if separator is None or separator in text:
            parts = [part.strip() for part in text.split(separator)]
            break
    if separator is not None and len(parts) > _COLUMNS:  # aligned with several tabs
        parts = [part for part in parts if part]
    if len(parts) > _COLUMNS:  # "mg / l"
        parts = [*parts[:2], " ".join(parts[2:-2]), *parts[-2:]]
    elif len(parts) == _COLUMNS - 1:  # pH has no unit
        parts.insert(2, "")
    is_one = len(parts) == _COLUMNS and bool(parts[0]) and is_compact(parts[3])
    return parts if is_one else None


def _observation(line: _Line, sensor: str, options: StationTxtOptions) -> Found:
    columns = _columns(line.text)
    if columns is None:
        raise Rejected("line_malformed", "a line is: name, value, unit, yyyyMMddHHmmss, status")
    symbol, value, unit, time, status = columns
    quality = _STATUS.get(status)
    if quality is None:
        raise Rejected("status_unknown", f"the state of the device is 00, 01 or 02, not '{printable(status)}'")
    observed = property_of(symbol, options.parameters)
    record = {
        "sensor": sensor,
        "property": observed.name,
        "time": compact_moment(time).isoformat(),
        "value": _value(observed, value, unit or options.default_units.get(symbol, ""), quality),
        "quality": quality,
        "unit": observed.unit,
    }
    return Found("sensors", record, "observations")


def _value(observed: ObservedProperty, text: str, unit: str, quality: Quality) -> float | None:
    """The value in the property's unit. A broken device's number means nothing: it says that there was no reading."""
    try:
        value = in_unit_of(observed, number_of(text), unit)
    except Rejected:
        if quality != "fault":
            raise
        return None
    low, high = observed.minimum, observed.maximum
    is_inside = (low is None or low <= value) and (high is None or value <= high)
    return value if is_inside or quality != "fault" else None


def _kept(line: _Line) -> dict[str, object]:
    return {"line": line.number, "text": scrub_text(line.text[:200])}


CONNECTOR = Connector(
    kind="station_txt",
    title=Text("Tệp TXT của trạm quan trắc (Thông tư 10/2021)", "Station text files (Circular 10/2021)"),
    parse=parse,
    options=StationTxtOptions,
    redact=redact,
)
