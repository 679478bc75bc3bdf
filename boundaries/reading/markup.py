# SPDX-License-Identifier: Apache-2.0
"""Text formats, looked at before their reader: document types, links to other files, numbers that are none.

Also takes away the declared character set of MapInfo files: GDAL's converter for windows-1258 loses the last letter of
every text (OSGeo/gdal#2045), so bytes are kept as they are and decoded by us.
"""

import mmap
import os
import re
from pathlib import Path
from xml.parsers import expat

from boundaries.reading.faults import Fault, named

_CHUNK = 1024 * 1024
_HEADER_BYTES = 16 * 1024
_NOT_A_NUMBER = re.compile(rb"[\[,:\s-](?:NaN|Infinity)\s*[,\]}]")
_STRING_OR_NOT_A_NUMBER = re.compile(rb'"(?:[^"\\]|\\.)*"|(NaN|Infinity)', re.DOTALL)
_CHARSET = re.compile(rb'(^|[\s!])(charset\s+"?)([A-Za-z0-9_-]+)("?)', re.IGNORECASE)
_TAB_LINKS = re.compile(rb'isseamless"?\s*=\s*"?true|create\s+view|open\s+table|type\s+linked', re.IGNORECASE)


def prepare(path: Path, extension: str, faults: list[Fault]) -> str | None:
    """Judge one file, add faults that do not stop; returns the character set that it declares.

    Raises:
        Fault: a document type, or a link to other files.
    """
    if extension in ("kml", "gml"):
        refuse_document_type(path)
    elif extension in ("geojson", "json"):
        if has_numbers_that_are_none(path):
            faults.append(Fault("FILE_CORRUPT", "NaN hoặc Infinity không phải JSON.", "NaN or Infinity is no JSON."))
    elif extension in ("tab", "mif"):
        return _take_charset(path)
    return None


def prepare_companion(path: Path, extension: str) -> str | None:
    """Judge a file that lies beside the one that is opened; returns the character set that it declares.

    The language driver of a dBase header is not asked: programs write "ANSI" there whatever the bytes are.
    """
    if extension == "xsd":
        refuse_document_type(path)
    if extension == "cpg":
        return path.read_bytes()[:64].decode("ascii", "replace").strip() or None
    return None


def refuse_document_type(path: Path) -> None:
    """Raise FILE_UNSAFE_XML for a DTD, before anything is expanded, and FILE_CORRUPT for what is not well formed.

    The whole file is gone through: a reader would keep the units before the place where it was cut.
    """
    parser = expat.ParserCreate()

    def document_type(*_: object) -> None:
        raise named("FILE_UNSAFE_XML", "<!DOCTYPE>")

    parser.StartDoctypeDeclHandler = document_type
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        text = f"XML: {expat.ErrorString(error.code)}, {error.lineno}."
        raise Fault("FILE_CORRUPT", text, text) from error


def has_numbers_that_are_none(path: Path) -> bool:
    """Whether a JSON file has a bare NaN or Infinity, which JSON does not know and lenient parsers take."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if not _NOT_A_NUMBER.search(text):
            return False
        # It may stand in a name: go through the strings one by one.
        return any(match[1] for match in _STRING_OR_NOT_A_NUMBER.finditer(text))


def _take_charset(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
    if path.suffix == ".tab" and _TAB_LINKS.search(head):
        raise named("FILE_FORBIDDEN_DRIVER", path.name)
    match = _CHARSET.search(head)
    if match is None or match[3].lower() == b"neutral":
        return None
    changed = _CHARSET.sub(rb"\1\2Neutral\4", head)
    copy = path.with_suffix(".copy")
    with path.open("rb") as stream, copy.open("xb") as out:
        stream.seek(len(head))
        out.write(changed)
        while chunk := stream.read(_CHUNK):
            out.write(chunk)
    os.replace(copy, path)
    return match[3].decode("ascii")
