# SPDX-License-Identifier: Apache-2.0
"""Which driver may open a file: only one on which its name and its first bytes agree.

GDAL opens by content, so a virtual dataset called x.geojson would be opened and read other files of the machine.
Nothing is opened here: names and first bytes are looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

HEAD_BYTES = 4096

Container = Literal["zip", "7z", "rar"]
# What the archives begin with.
_CONTAINERS: tuple[tuple[bytes, Container], ...] = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"),
)  # fmt: skip
# By name only: refused inside an archive without being opened.
ARCHIVE_NAMES = frozenset({"zip", "7z", "rar", "kmz", "tar", "gz", "tgz", "bz2", "xz", "zst", "jar", "gdbz"})
FORBIDDEN_NAMES = frozenset({"vrt", "ovf", "gdalg"})
# Formats that are well known and cannot be read, with what to ask for.
UNSUPPORTED = {
    "dwg": "DWG", "dwf": "DWF", "mdb": "Personal Geodatabase", "xls": "Excel", "xlsx": "Excel",
    "parquet": "GeoParquet", "pdf": "PDF",
}  # fmt: skip

_XML_SERVICES = re.compile(
    rb"<\s*(?:OGRVRTDataSource|VRTDataset|GDAL_WMS|OGRWFSDataSource|WFS_Capabilities|ows:|wfs:WFS|OGCAPI|GDALTileIndex"
    rb"|Carto|CSWDataSource)",
    re.IGNORECASE,
)
_ZIPPED_WORDS = (b'"gdal_streamed_alg"', b'"type": "gdal_')


@dataclass(frozen=True)
class Format:
    """A format that is read.

    Attributes:
        driver: GDAL's name of the one driver that may open it; "" when the product reads it itself.
        extensions: endings of the file that is opened.
        companions: endings of files that belong to it and lie beside it.
        looks_right: whether the first bytes are of the format.
        text: how text comes: "bytes" in an encoding that is to be found out, or "unicode".
        drawing: shapes without attributes, whose codes come from the published version.
        rings_checked: the format has a ring order to hold (RFC 7946); the others are put in order without a word.
    """

    driver: str
    extensions: tuple[str, ...]
    looks_right: Callable[[bytes], bool]
    companions: tuple[str, ...] = ()
    text: Literal["bytes", "unicode"] = "unicode"
    drawing: bool = False
    rings_checked: bool = False


def _text(head: bytes) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _json(head: bytes) -> bool:
    return _text(head).startswith((b"{", b"\x1e{"))


def _xml_with(root: bytes) -> Callable[[bytes], bool]:
    return lambda head: _text(head).startswith(b"<") and root in head.replace(b"\x00", b"").lower()


def _dxf(head: bytes) -> bool:
    if head.startswith(b"AutoCAD Binary DXF"):
        return True
    lines = [line.strip() for line in _text(head).splitlines()[:40]]
    return b"SECTION" in lines or (bool(lines) and lines[0] == b"999")


def _csv(head: bytes) -> bool:
    return b"\x00" not in head.removeprefix(b"\xff\xfe") and not _text(head).startswith((b"<", b"{", b"MZ", b"%PDF"))


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


FORMATS: tuple[Format, ...] = (
    Format("ESRI Shapefile", ("shp",), _begins(b"\x00\x00\x27\x0a"), ("dbf", "shx", "prj", "cpg"), text="bytes"),
    Format("GPKG", ("gpkg",), _begins(b"SQLite format 3\x00")),
    Format("GeoJSON", ("geojson", "json"), _json, rings_checked=True),
    Format("GeoJSONSeq", ("geojsonl", "geojsons", "geojsonseq", "ndjson", "jsonl"), _json, rings_checked=True),
    Format("FlatGeobuf", ("fgb",), _begins(b"fgb\x03fgb")),
    Format("LIBKML", ("kml",), _xml_with(b"<kml")),
    Format("GML", ("gml",), _xml_with(b"opengis.net/gml"), ("xsd",)),
    Format("MapInfo File", ("tab",), lambda head: _text(head).lower().startswith(b"!table"),
           ("dat", "map", "id", "ind"), text="bytes"),
    Format("MapInfo File", ("mif",), lambda head: _text(head).lower().startswith(b"version"), ("mid",), text="bytes"),
    Format("DXF", ("dxf",), _dxf, text="bytes", drawing=True),
    Format("DGN", ("dgn",), _begins(b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02"), text="bytes", drawing=True),
    Format("", ("csv",), _csv, text="bytes"),
    Format("OpenFileGDB", ("gdb",), lambda head: True),
)  # fmt: skip
_BY_EXTENSION = {extension: one for one in FORMATS for extension in one.extensions}
COMPANIONS = frozenset(extension for one in FORMATS for extension in one.companions)


def extension_of(name: str) -> str:
    """Ending of a name, lower case, no dot; "" when there is none."""
    last = re.split(r"[/\\]", name)[-1]
    return last.rsplit(".", 1)[-1].casefold() if "." in last else ""


def format_of(extension: str) -> Format | None:
    """The format that a file with the ending must have."""
    return _BY_EXTENSION.get(extension)


def container_of(head: bytes) -> Container | None:
    """The kind of archive that the first bytes announce."""
    return next((kind for signature, kind in _CONTAINERS if head.startswith(signature)), None)


def points_elsewhere(head: bytes) -> bool:
    """Whether the first bytes are of a kind that opens other files, services or programs."""
    return bool(_XML_SERVICES.search(head)) or any(word in head for word in _ZIPPED_WORDS)


def refused(name: str, head: bytes) -> tuple[str, ...]:
    """Codes of the findings that forbid to open a file under its name; () when its format agrees with its bytes."""
    extension = extension_of(name)
    if extension in FORBIDDEN_NAMES:
        return ("FILE_FORBIDDEN_DRIVER",)
    if extension == "dgn" and head.startswith(b"\xd0\xcf\x11\xe0"):
        return ("FILE_UNSUPPORTED",)
    one = format_of(extension)
    if one is None:
        return ("FILE_UNSUPPORTED",)
    codes = []
    if not one.looks_right(head):
        codes.append("FILE_TYPE_MISMATCH")
    if points_elsewhere(head):
        codes.append("FILE_FORBIDDEN_DRIVER")
    return tuple(codes)
