# SPDX-License-Identifier: Apache-2.0
"""The command ``boundaries check``: what is wrong with a file of units, before anything is published."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from api.settings import Settings
from boundaries.checks.check import check_units
from boundaries.checks.repairs import REPAIRS, proposed, repair
from boundaries.checks.rows import Scope
from boundaries.findings import Finding
from boundaries.known import KnownUnits
from boundaries.known_units import known_units
from boundaries.reading.read import read_upload
from boundaries.reading.upload import Answers, Question
from geo.db.pool import connect

_ROLES = ("code", "name", "type", "parent")
# With these an upload cannot be published as it is.
_STOPPING = ("error", "reject", "question")


def add_commands(commands: Any) -> None:
    """Declare ``boundaries``."""
    boundaries = commands.add_parser("boundaries", help="files of administrative units").add_subparsers(
        dest="action", required=True
    )
    check = boundaries.add_parser("check", help="read a file, and say what is wrong with it; nothing is changed")
    check.add_argument("file", type=Path)
    check.add_argument("--set", required=True, help="the published set to compare with, as /boundaries/sets lists it")
    check.add_argument("--part", nargs="+", metavar="CODE", help="the file holds these units only; default: all")
    check.add_argument("--sheet", help="which layer of the file, when it asks")
    check.add_argument("--crs", help="coordinate system, such as EPSG:9213, when it asks")
    check.add_argument("--swap-axes", action="store_true", help="the file has y before x")
    check.add_argument("--encoding", help="how its letters are written, when it asks")
    check.add_argument("--field", action="append", default=[], metavar="ROLE=COLUMN", help=f"of {', '.join(_ROLES)}")
    check.add_argument(
        "--repair", nargs="*", metavar="ID", help="repair a copy first (default: what the findings propose)"
    )
    check.add_argument("--findings", type=Path, help="write the findings as GeoJSON")
    check.add_argument("--repaired", type=Path, help="write the repaired units as GeoJSON")
    check.add_argument("--lang", choices=("vi", "en"), default="vi")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Check a file. 0: it could be published; 1: it could not; 2: the command was wrong."""
    try:
        fields = _fields(chosen.field)
        unknown = sorted(set(chosen.repair or ()) - REPAIRS.keys())
        if unknown:
            raise ValueError(f"no repair '{unknown[0]}'; there are {', '.join(REPAIRS)}")
        if not chosen.file.is_file():
            raise ValueError(f"there is no file {chosen.file}")
        known = asyncio.run(_known(settings.database_url, chosen.set))
        if not known.current_units:
            raise ValueError(f"there is no published set '{chosen.set}'")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    answers = Answers(chosen.sheet, chosen.crs, chosen.swap_axes, chosen.encoding, fields)
    findings = _check(chosen, answers, known)
    if chosen.findings is not None:
        chosen.findings.write_text(json.dumps(_as_geojson(findings, chosen.lang), ensure_ascii=False), encoding="utf-8")
    return 1 if any(finding.severity in _STOPPING for finding in findings) else 0


def _check(chosen: argparse.Namespace, answers: Answers, known: KnownUnits) -> list[Finding]:
    reading = read_upload(chosen.file, chosen.file.name, answers, known)
    findings = list(reading.findings)
    for question in reading.questions:
        _say(_asked(question))
    frame = reading.frame
    if frame is not None:
        scope = Scope(tuple(chosen.part) if chosen.part else None, chosen.set)
        checked = check_units(frame, known, scope)
        if chosen.repair is not None:
            repaired = repair(frame, chosen.repair or proposed([*findings, *checked]))
            for effect in repaired.effects:
                _say(f"repair    {effect.repair}: {len(effect.units)} units, {effect.moved_m2:,.1f} m2 moved")
            checked = check_units(repaired.frame, known, scope)
            if chosen.repaired is not None:
                chosen.repaired.write_text(repaired.frame.to_json(drop_id=True), encoding="utf-8")
        findings += checked
    for finding in findings:
        _say(_line(finding, chosen.lang))
    _say(f"{len(findings)} findings, {sum(finding.severity in _STOPPING for finding in findings)} stand in the way")
    return findings


async def _known(url: str, current: str) -> KnownUnits:
    connection = await connect(url)
    try:
        return await known_units(connection, current)
    finally:
        await connection.close()


def _fields(pairs: Iterable[str]) -> dict[str, str]:
    fields = {}
    for pair in pairs:
        role, separator, column = pair.partition("=")
        if role not in _ROLES or not separator:
            raise ValueError(f"'{pair}' is no ROLE=COLUMN; the roles are {', '.join(_ROLES)}")
        fields[role] = column
    return fields


def _asked(question: Question) -> str:
    offered = [f"{choice.value} ({choice.label})" for choice in question.choices]
    option = "--field" if question.kind == "fields" else f"--{question.kind}"
    guess = [f"{role}={column}" for role, column in question.guess.items()]
    return f"{'question' if question.is_open else 'proposal'}  {option}: {'; '.join([*offered, *guess])}"


def _line(finding: Finding, lang: str) -> str:
    detail = finding.detail_vi if lang == "vi" else finding.detail_en
    measure = "" if finding.measure is None else f" [{finding.measure:,.1f} {finding.measure_unit or ''}]"
    units = f" {', '.join(finding.units[:8])}" if finding.units else ""
    return f"{finding.severity:<9} {finding.code}{units}{measure}: {detail}"


def _as_geojson(findings: Iterable[Finding], lang: str) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": None if finding.geometry is None else mapping(finding.geometry),
            "properties": {
                "code": finding.code,
                "severity": finding.severity,
                "detail": finding.detail_vi if lang == "vi" else finding.detail_en,
                "units": list(finding.units),
                "measure": finding.measure,
                "measure_unit": finding.measure_unit,
                "threshold": finding.threshold,
                "repair": finding.repair,
            },
        }
        for finding in findings
    ]
    return {"type": "FeatureCollection", "features": features}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
