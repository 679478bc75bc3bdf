# SPDX-License-Identifier: Apache-2.0
"""What four invented stations measure, and how their loggers write it down (Circular 10/2021). Pure and seeded."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

VIETNAM = timezone(timedelta(hours=7))
# Station -> parameter: what a quiet hour says, how much it swings in a day, its unit, decimals.
STATIONS: dict[str, dict[str, tuple[float, float, str, int]]] = {
    "TNG_KK01": {
        "PM2,5": (42.0, 18.0, "ug/m3", 1),
        "PM10": (88.0, 30.0, "ug/m3", 1),
        "NO2": (31.0, 12.0, "ug/m3", 1),
        "CO": (820.0, 300.0, "ug/Nm3", 0),
        "Temp": (24.0, 5.0, "oC", 1),
    },
    "TNG_KK02": {
        "PM2.5": (35.0, 15.0, "ug/m3", 1),
        "SO2": (0.022, 0.008, "mg/m3", 4),
        "O3": (48.0, 30.0, "ug/m3", 1),
        "RH": (78.0, 12.0, "%", 0),
    },
    "TNG_NM01": {"pH": (7.1, 0.3, "-", 2), "TSS": (34.0, 9.0, "mg/l", 1), "NH4": (0.31, 0.1, "mg/l", 3)},
    "TNG_NT01": {
        "Flow": (61.0, 20.0, "m3/h", 1),
        "COD": (48.0, 14.0, "mg/L", 1),
        "pH": (7.4, 0.2, "", 2),
        "Color": (33.0, 8.0, "Pt-Co", 0),
    },
}


@dataclass(frozen=True)
class Reading:
    """One parameter of one station at one moment, as the logger shows it."""

    station: str
    symbol: str
    value: float
    unit: str
    moment: datetime
    status: str

    def line(self, separator: str, decimal: str) -> str:
        """The line of the file."""
        decimals = STATIONS[self.station][self.symbol][3]
        value = f"{self.value:.{decimals}f}".replace(".", decimal)
        moment = self.moment.astimezone(VIETNAM)
        return separator.join((self.symbol, value, self.unit, f"{moment:%Y%m%d%H%M%S}", self.status))


def readings(seed: str, station: str, moment: datetime, correction: int = 0) -> list[Reading]:
    """What a station says of a moment; a correction after a calibration says it a few per cent otherwise."""
    hours = moment.timestamp() / 3600
    told = []
    for symbol, (base, swing, unit, decimals) in STATIONS[station].items():
        rng = Random(f"{seed}/{station}/{symbol}/{moment.timestamp():.0f}")
        value = base + swing * math.sin(hours * math.tau / 24 + len(symbol)) / 2 + rng.gauss(0, swing / 12)
        value = round(max(value, base / 20) * (1 + 0.04 * correction), decimals)
        draw = rng.random()
        status = "01" if draw < 0.02 else "02" if draw < 0.03 else "00"
        told.append(Reading(station, symbol, value, unit, moment, status))
    return told


@dataclass(frozen=True)
class Sent:
    """A file as it goes out. ``how``: whole, renamed (uploaded as .tmp first) or slow (growing under its name)."""

    name: str
    body: bytes
    how: str = "whole"


@dataclass(frozen=True)
class Habits:
    """How loggers misbehave.

    Args:
        dialect: tab, semicolon, spaces or utf16.
        corrupt: how many of a hundred files have a line that is none.
        corrections: how many of a hundred files come again later with other values.
        repeats: how many of a hundred files come again as they were.
        outage: the first tick of an outage and how many ticks it lasts; their files come after it.
    """

    seed: str = "quan-trac"
    dialect: str = "tab"
    corrupt: float = 0
    corrections: float = 0
    repeats: float = 0
    outage: tuple[int, int] = (0, 0)
    upload: str = "renamed"


def file_of(habits: Habits, station: str, moment: datetime, correction: int = 0) -> Sent:
    """The file of one station and moment, in a folder of its day."""
    separator = {"tab": "\t", "semicolon": ";", "spaces": "   ", "utf16": "\t"}[habits.dialect]
    decimal = "," if habits.dialect == "semicolon" else "."
    lines = [one.line(separator, decimal) for one in readings(habits.seed, station, moment, correction)]
    rng = Random(f"{habits.seed}/file/{station}/{moment.timestamp():.0f}")
    if rng.random() < habits.corrupt / 100:
        lines.insert(
            rng.randrange(len(lines) + 1), rng.choice(("#### watchdog reset ####", "CO\t???\tug/m3", "\x1b[2J"))
        )
    text = "\r\n".join(lines) + "\r\n"
    body = text.encode("utf-16") if habits.dialect == "utf16" else text.encode()
    local = moment.astimezone(VIETNAM)
    return Sent(f"{local:%Y/%m/%d}/{station}_{local:%Y%m%d%H%M%S}.txt", body, habits.upload)


def schedule(habits: Habits, moments: list[datetime]) -> Iterator[Sent]:
    """The files of these moments in the order in which they go out: outages catch up, some come again."""
    begins, lasts = habits.outage
    held: list[Sent] = []
    again: list[tuple[int, Sent]] = []
    for tick, moment in enumerate(moments):
        is_out = begins <= tick < begins + lasts
        for station in STATIONS:
            sent = file_of(habits, station, moment)
            if is_out:
                held.append(sent)
            else:
                yield sent
            rng = Random(f"{habits.seed}/again/{station}/{moment.timestamp():.0f}")
            if rng.random() < habits.corrections / 100:
                again.append((tick + 2, file_of(habits, station, moment, 1)))
            if rng.random() < habits.repeats / 100:
                again.append((tick + 1, sent))
        if not is_out:
            yield from held
            held = []
            yield from (sent for due, sent in again if due <= tick)
            again = [(due, sent) for due, sent in again if due > tick]
    yield from held
    yield from (sent for _, sent in again)
