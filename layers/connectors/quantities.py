# SPDX-License-Identifier: Apache-2.0
"""Symbols, numbers and units of environmental readings as loggers and nodes write them. Pure.

A unit is converted only where its spelling leaves one meaning (mg/m³ is 1,000 µg/m³). Parts per million need a
temperature, a plain dB a weighting: they are refused, never assumed. Of concentrations, ``Nm³`` and ``m³`` are taken as
one: loggers use both for what QCVN 05:2023 states at 25 °C. Of a flow they are not.
"""

import re
import unicodedata
from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType

from layers.errors import Rejected
from layers.measures import ObservedProperty
from layers.observed import OBSERVED

BY_NAME: Mapping[str, ObservedProperty] = MappingProxyType({one.name: one for one in OBSERVED})
# What stands for "no reading" in the numbers of loggers.
_NO_READING = frozenset({-9999.0, -999.0, -99999.0, -9999.9, -999.9})
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,2})?")
_ALIASES = {
    "temperature": "temp",
    "nhietdo": "temp",
    "humidity": "rh",
    "doam": "rh",
    "hum": "rh",
    "pressure": "p",
    "apsuat": "p",
    "waterlevel": "level_m",
    "level": "level_m",
    "mucnuoc": "level_m",
    "rain": "rain_mm",
    "rainfall": "rain_mm",
    "luongmua": "rain_mm",
    "noise": "noise_db",
    "leq": "noise_db",
    "vnaqi": "aqi",
    "luuluong": "flow",
    "windspeed": "wind_speed",
    "winddir": "wind_dir",
    "colour": "color",
    "domau": "color",
    "nh4n": "nh4",
    "nh4+": "nh4",
    "nh4+n": "nh4",
    "bod5": "bod",
    "conductivity": "ec",
    "doduc": "turbidity",
    "clo": "cl",
}
_PLAIN: Mapping[str, float] = {"": 1, "-": 1, "none": 1, "ph": 1, "aqi": 1, "unit": 1}
_PER_DAY = 1 / 24
_UNITS: Mapping[str | None, Mapping[str, float]] = {
    None: _PLAIN,
    "µg/m³": {
        **{"ug/m3": 1, "ug/nm3": 1, "mg/m3": 1_000, "mg/nm3": 1_000},
        **{"ng/m3": 0.001, "ng/nm3": 0.001, "g/m3": 1_000_000, "g/nm3": 1_000_000},
    },
    "mg/l": {"mg/l": 1, "mg/dm3": 1, "g/m3": 1, "ug/l": 0.001, "g/l": 1_000, "mgn/l": 1, "mgp/l": 1},
    "°C": {"°c": 1, "oc": 1, "c": 1, "degc": 1, "doc": 1, "celsius": 1, "cel": 1},
    "%": {"%": 1, "%rh": 1, "%v": 1, "%vol": 1, "%v/v": 1, "percent": 1},
    "hPa": {
        **{"hpa": 1, "mbar": 1, "mb": 1, "kpa": 10, "pa": 0.01, "bar": 1_000},
        **{"mmhg": 1.33322387415, "atm": 1_013.25},
    },
    "m³/h": {
        **{"m3/h": 1, "m3/hr": 1, "m3/hour": 1, "m3/gio": 1, "m3/s": 3_600, "m3/min": 60, "m3/phut": 60},
        **{"l/s": 3.6, "l/min": 0.06, "l/phut": 0.06, "l/h": 0.001},
        **{"m3/d": _PER_DAY, "m3/day": _PER_DAY, "m3/ngay": _PER_DAY, "m3/24h": _PER_DAY},
    },
    "Pt-Co": {"pt-co": 1, "ptco": 1, "pt/co": 1, "pt_co": 1, "tcu": 1, "hazen": 1},
    "µS/cm": {"us/cm": 1, "ms/cm": 1_000, "ds/m": 1_000, "s/m": 10_000},
    "NTU": {"ntu": 1},
    "m": {"m": 1, "cm": 0.01, "mm": 0.001},
    "mm": {"mm": 1, "cm": 10},
    "dB(A)": {"db(a)": 1, "dba": 1},
    "m/s": {"m/s": 1, "km/h": 1 / 3.6},
    "°": {"°": 1, "deg": 1, "degree": 1, "degrees": 1, "do": 1},
}


def _folded(text: str) -> str:
    """Lower case without accents and blanks; superscripts are digits, and every micro sign is a ``u``."""
    text = text.replace("đ", "d").replace("Đ", "D")
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(one for one in plain if not unicodedata.combining(one) and not one.isspace())
    return letters.replace("\u03bc", "u").replace("\u00b5", "u").replace("\u00ba", "°")


def property_of(symbol: str, own: Mapping[str, str]) -> ObservedProperty:
    """What a symbol stands for: ``PM2.5``, ``PM2,5`` and ``PM25`` are one; ``own`` are the source's own names.

    Raises:
        Rejected: nothing that sensors of the product observe.
    """
    if symbol in own:
        return BY_NAME[own[symbol]]
    folded = _folded(symbol)
    for name in (folded, re.sub(r"[.,_ -]", "", folded)):
        found = BY_NAME.get(_ALIASES.get(name, name))
        if found is not None:
            return found
    raise Rejected(
        "parameter_unknown",
        f"nobody here knows the parameter '{printable(symbol)}': name it in the option 'parameters'",
    )


def number_of(text: str) -> float:
    """A number with a point or a comma before its decimals.

    Raises:
        Rejected: no number, or one that stands for "no reading".
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise Rejected("value_not_number", f"'{printable(text)}' is no number")
    return reading_of(float(text.replace(",", ".")))


def reading_of(value: float) -> float:
    """A finite number that does not stand for "no reading".

    Raises:
        Rejected: it does, or is not finite.
    """
    if not isfinite(value) or value in _NO_READING:
        raise Rejected("value_missing", f"{value} stands for no reading")
    return value


def in_unit_of(observed: ObservedProperty, value: float, unit: str) -> float:
    """A value in the unit in which the property is kept.

    Raises:
        Rejected: the unit has another meaning, or more than one.
    """
    factor = _UNITS.get(observed.unit, {}).get(_folded(unit))
    if factor is None:
        said = f"'{printable(unit)}'" if unit.strip() else "no unit"
        raise Rejected(
            "measure_unit_wrong",
            f"{observed.name} is kept in {observed.unit or 'no unit'}; {said} is not converted to it without a guess",
        )
    # Twelve digits: 0.0312 mg/m³ is 31.2 µg/m³, not 31.200000000000003.
    return value if factor == 1 else float(f"{value * factor:.12g}")


def printable(text: str) -> str:
    """A short quotation of what a source wrote."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text.strip()[:40])
