# SPDX-License-Identifier: Apache-2.0
"""OneRoster 1.2: the organisations of an education database, as JSON of its REST service or as its ZIP of CSV files.

Schools and nothing else. Users, demographics, enrolments, classes and results are about people: they are refused and
counted, and only the name of what held them is kept. OneRoster has no coordinates: a school is placed where a register
knows its code.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import orjson

from layers.connectors.base import Connector, Found, Message, Options, Parsed, PlaceHints, Refused
from layers.connectors.layer_records import catalog, check, check_read
from layers.connectors.redaction import scrub_text
from layers.errors import Rejected
from layers.import_columns import folded
from layers.spec import Text
from layers.values import nested_deeper_than, shown

MAX_ORGS = 50_000
MAX_BYTES = 16 * 1024 * 1024
_MAX_UNPACKED = 64 * 1024 * 1024
_MEMBERS = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier")
_METADATA = ("x_pupils", "x_grade", "address")
_NAME = re.compile(r"[A-Za-z_.-]{1,40}", re.ASCII)
# Beside the list: what a page or a package says of itself.
_ABOUT = frozenset("orgs org manifest statusInfoSet imsx_StatusInfo refused unreadable academicSessions".split())
_LEVELS = (
    ("kindergarten", ("mam non", "mau giao", "kindergarten", "preschool")),
    ("university", ("dai hoc", "university")),
    ("college", ("cao dang", "trung cap", "college")),
)
_UNREADABLE = {
    "json_invalid": "the body is neither JSON nor a ZIP of OneRoster CSV files",
    "file_unsafe": "the archive is damaged, or unpacks to more than a register of schools has",
    "orgs_missing": "there are no 'orgs' in it",
    "message_too_large": f"a message has at most {MAX_BYTES} bytes",
    "too_many_records": f"a message has at most {MAX_ORGS} organisations",
}


class OneRosterOptions(Options):
    """By what a school is known: its MOET code (``identifier``), or the id of the service."""

    identity: Literal["identifier", "sourcedId"] = "identifier"


def _parse(message: Message, options: OneRosterOptions) -> Iterator[Parsed]:
    check_read(message)
    package = _package(message.body)
    for name in package["refused"]:
        detail = f"'{shown(str(name))}' is about people and is not taken: only orgs are"
        yield Refused("person_level_refused", detail, None, "schools", policy=True)
    spec = catalog()["schools"]
    for index, org in enumerate(package["orgs"]):
        try:
            found = _school(org, options)
            if found is not None:
                check(spec, found, message.received_at)
        except Rejected as problem:
            yield Refused(problem.code, f"org {index}: {problem.detail}", org, "schools")
            continue
        if found is not None:
            yield found


def _school(org: Any, options: OneRosterOptions) -> Found | None:
    """A school; ``None`` for districts and departments.

    Raises:
        Rejected: it is none, or has no id.
    """
    if not isinstance(org, Mapping):
        raise Rejected("record_invalid", "an org is an object")
    if org.get("type") != "school":
        return None
    code = org.get("identifier") or org.get("sourcedId")
    identity = code if options.identity == "identifier" else org.get("sourcedId")
    if not isinstance(identity, str) or not identity:
        raise Rejected("id_missing", "the org has neither an identifier nor a sourcedId")
    if org.get("status") in ("tobedeleted", "inactive"):
        return Found("schools", {"id": identity, "withdrawn": True})
    name, metadata = org.get("name"), org.get("metadata")
    told = metadata if isinstance(metadata, Mapping) else {}
    record: dict[str, Any] = {"id": identity, "name": name, "kind": _level(f"{name} {told.get('x_grade', '')}")}
    pupils, address = told.get("x_pupils"), told.get("address")
    if isinstance(pupils, str) and pupils.isascii() and pupils.isdigit() and len(pupils) < 7:
        pupils = int(pupils)  # all of a CSV file is text
    record |= {name: value for name, value in (("pupils", pupils), ("address", address)) if value not in (None, "")}
    asset = ("schools", code) if isinstance(code, str) else None
    return Found("schools", record, hints=PlaceHints(asset, text=address if isinstance(address, str) else None))


def _level(words: str) -> str:
    plain = folded(words[:400])
    return next((kind for kind, known in _LEVELS if any(word in plain for word in known)), "school")


def _package(body: bytes) -> dict[str, list[Any]]:
    """What is taken of a message, and the names of what is not.

    Raises:
        Rejected: it is no OneRoster.
    """
    if len(body) > MAX_BYTES:
        raise _unreadable("message_too_large")
    decoded = _unpacked(body) if body.startswith(b"PK\x03\x04") else _decoded(body)
    orgs = decoded.get("orgs", [decoded["org"]] if "org" in decoded else None)
    beside = decoded.get("refused")
    refused = [name for name in beside if isinstance(name, str)] if isinstance(beside, list) else []
    refused += [name if _NAME.fullmatch(name) else "?" for name in decoded if name not in _ABOUT]
    if not isinstance(orgs, list):
        if not refused:
            raise _unreadable("orgs_missing")
        orgs = []
    if len(orgs) > MAX_ORGS or len(refused) > 100:
        raise _unreadable("too_many_records")
    return {"orgs": orgs, "refused": refused}


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _unreadable("json_invalid") from None
    if not isinstance(decoded, dict) or nested_deeper_than(decoded, 12):
        raise _unreadable("json_invalid")
    if isinstance(why := decoded.get("unreadable"), str):
        raise _unreadable(why)
    return decoded


def _unpacked(body: bytes) -> dict[str, Any]:
    """A package of CSV files: its organisations, and an empty list for each file that is not opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            found: dict[str, Any] = {name: [] for name in parts if name not in ("manifest.csv", "orgs.csv")}
            if (orgs := parts.get("orgs.csv")) is None:
                return found
            if orgs.file_size > _MAX_UNPACKED or orgs.flag_bits & 1:
                raise _unreadable("file_unsafe")
            with archive.open(orgs) as content:
                text = content.read(_MAX_UNPACKED + 1).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        return {**found, "orgs": [_org_of(row) for row, _ in zip(rows, range(MAX_ORGS + 1), strict=False)]}
    except (zipfile.BadZipFile, zlib.error, ValueError, LookupError, OSError, EOFError, NotImplementedError,
            RuntimeError, csv.Error):  # fmt: skip
        raise _unreadable("file_unsafe") from None


def _org_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of orgs.csv, whose extensions are columns named ``metadata.…``."""
    org: dict[str, Any] = {name: row.get(name) or None for name in _MEMBERS}
    org["metadata"] = {name: row.get(f"metadata.{name}") or None for name in _METADATA}
    return org


def _redact(message: Message) -> Message:
    """Organisations with the members that we read, and the names of what is not taken; nothing else is kept."""
    try:
        package = _package(message.body)
    except Rejected as problem:
        digest = hashlib.sha256(message.body).hexdigest()
        kept: Any = {"unreadable": problem.code, "bytes": len(message.body), "sha256": digest}
    else:
        kept = {"orgs": [_kept(org) for org in package["orgs"]], "refused": package["refused"]}
    return replace(message, body=orjson.dumps(kept), content_type="application/json")


def _kept(org: Any) -> Any:
    if not isinstance(org, Mapping):
        return None
    found = {name: _plain(org.get(name)) for name in _MEMBERS}
    metadata = org.get("metadata")
    if isinstance(metadata, Mapping):
        found["metadata"] = {name: _plain(metadata.get(name)) for name in _METADATA}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        text = value[:1000].encode("utf-8", "replace").decode()
        return scrub_text(text) if " " in text else text
    return value if isinstance(value, int | float | bool) else None


def _unreadable(code: str) -> Rejected:
    known = code if code in _UNREADABLE else "json_invalid"
    return Rejected(known, _UNREADABLE[known])


CONNECTOR = Connector(
    kind="oneroster",
    title=Text("OneRoster 1.2 (trường học)", "OneRoster 1.2 (schools)"),
    parse=_parse,
    options=OneRosterOptions,
    redact=_redact,
)
