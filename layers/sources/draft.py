# SPDX-License-Identifier: Apache-2.0
"""Draft a YAML document, ``layer:`` and ``source:``, from an answer: for a person to read and correct. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.connectors.redaction import is_personal
from layers.sources.draft_columns import Column, column_of, slug
from layers.sources.draft_rows import Sample, quoted
from layers.spec import COLUMN_FIELDS, RESERVED_NAMES

_LON = frozenset("lon lng long longitude kinh_do kinhdo x".split())
_LAT = frozenset("lat latitude vi_do vido y".split())
_GEOMETRY = frozenset("geom geometry the_geom shape wkt geojson wkb_geometry".split())
_NAMES = frozenset("name title ten tieu_de label ten_goi ten_diem".split())
_ADDRESS = frozenset("address dia_chi diachi".split())
_UNIT_NAMES = frozenset("xa phuong xa_phuong ten_xa ten_phuong commune ward don_vi_hanh_chinh".split())
_TAKEN = RESERVED_NAMES | frozenset("geom geom_3857 count open unit_name".split())
_COLORS = ("#4fb3a5", "#f2c14e", "#e5383b", "#58a6ff", "#b39ddb", "#9aa5b1")
_SHAPE = re.compile(r"(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b", re.IGNORECASE)
_FOLD_ABOVE = 2000
_VN2000 = (1_000_000.0, 3_000_000.0)


@dataclass(frozen=True)
class Origin:
    """Where the answer came from, and what it is called.

    Args:
        door: the transport's options that ask for it again; ``None`` for a file that was at hand.
        id: of the records, where a person named it.
    """

    layer: str
    title: str
    description: str
    system: str = "data_platform"
    door: Mapping[str, Any] | None = None
    id: str | None = None


@dataclass
class _Draft:
    fields: list[dict[str, Any]] = field(default_factory=list)
    takes: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)


def draft(sample: Sample, origin: Origin) -> tuple[dict[str, Any], list[str]]:
    """The document, and what a person should look at in it.

    Raises:
        ValueError: no column tells records apart, or none could be a field.
    """
    columns = _columns(sample)
    made = _Draft()
    identity = _identity(sample, origin, columns)
    _find_place(sample, columns, made)
    for column in columns:
        if column.name not in made.used:
            _add_field(sample, column, made)
    if not made.fields:
        raise ValueError("the records have no member that a field could hold: only places, nested members or blanks")
    layer = _layer(sample, origin, made)
    options: dict[str, Any] = {"format": sample.format, "layer": layer["id"]}
    if sample.records is not None:
        options["records"] = sample.records
    options |= {"id": identity, **made.place, "fields": made.takes}
    source: dict[str, Any] = {
        "id": layer["id"].replace("_", "-"), "system": origin.system,
        "title": {"vi": origin.title, "en": origin.title}, "connector": "mapped", "options": options,
    }  # fmt: skip
    if origin.door is not None:
        source |= {"every_s": 3600, "door": dict(origin.door)}
    return {"layer": layer, "source": source}, made.told


def layer_id(name: str) -> str:
    """An id of a layer out of any name."""
    plain = slug(name)[:24].strip("_")
    return plain if len(plain) > 1 and plain[0].isalpha() else f"layer_{plain}"[:24].strip("_")


def _columns(sample: Sample) -> list[Column]:
    names: dict[str, None] = {}
    for row in sample.rows:
        names |= dict.fromkeys(row)
    if sample.format == "ckan":
        # The datastore's own number of a row: another one after each upload.
        names.pop("_id", None)
    found = (column_of(name, [row.get(name) for row in sample.rows]) for name in names)
    return [column for column in found if column is not None]


def _path(sample: Sample, name: str) -> str:
    return sample.prefix + (quoted(name) if sample.prefix else name)


def _identity(sample: Sample, origin: Origin, columns: Sequence[Column]) -> str:
    if origin.id is not None:
        return origin.id
    if sample.ids is not None:
        return "id"
    able = [column for column in columns if column.unique and column.full and column.type in ("string", "integer")]
    best = min(able, key=lambda column: (_rank(column.name), columns.index(column)), default=None)
    if best is None:
        raise ValueError("no member tells the records apart: name the path of their id with --id")
    return _path(sample, best.name)


def _rank(name: str) -> int:
    words = slug(name).split("_")
    if words in (["id"], ["uuid"], ["gid"], ["fid"]) or words[0] == "ma":
        return 0
    return 1 if {"id", "uuid", "code", "so"} & set(words) else 2


def _find_place(sample: Sample, columns: Sequence[Column], made: _Draft) -> None:
    if sample.prefix:
        made.place["geometry"] = "geometry"
        return
    by_slug = {slug(column.name.replace('"', "")): column for column in columns}
    shapes = (by_slug[name] for name in by_slug if name in _GEOMETRY)
    shape = next((column for column in shapes if _holds_shapes(sample, column.name)), None)
    if shape is not None:
        made.place["geometry"] = _path(sample, shape.name)
        made.used.add(shape.name)
        return
    east = next((by_slug[name] for name in by_slug if _is(name, _LON)), None)
    north = next((by_slug[name] for name in by_slug if _is(name, _LAT)), None)
    if east is not None and north is not None:
        _place_by_numbers(sample, east, north, made)
    else:
        made.told.append(
            "no coordinates were found: map 'unit_name', 'address' or 'unit_code' so that records get a place"
        )


def _holds_shapes(sample: Sample, name: str) -> bool:
    texts = [str(row[name]).lstrip() for row in sample.rows if row.get(name)]
    return bool(texts) and all(text.startswith("{") or _SHAPE.match(text) for text in texts)


def _is(name: str, words: frozenset[str]) -> bool:
    return any(name == word or name.endswith(f"_{word}") for word in words)


def _place_by_numbers(sample: Sample, east: Column, north: Column, made: _Draft) -> None:
    values = [row.get(east.name) for row in sample.rows]
    numbers = [abs(float(str(value).replace(",", "."))) for value in values if _is_number(value)]
    middle = sorted(numbers)[len(numbers) // 2] if numbers else 0.0
    if _VN2000[0] < middle < _VN2000[1]:
        # Surveyors call north X and east Y.
        east, north = north, east
    for name, column in (("lon", east), ("lat", north)):
        rest = {key: value for key, value in column.take.items() if key == "decimal"}
        made.place[name] = {"path": _path(sample, column.name), **rest} if rest else _path(sample, column.name)
        made.used.add(column.name)
    if middle > 1000:
        made.place["crs"] = "EPSG:9213"
        made.told.append("the coordinates are metres: crs is drafted as EPSG:9213 (VN-2000, 106-30); ask the sender")


def _is_number(value: Any) -> bool:
    try:
        float(str(value).replace(",", "."))
    except ValueError:
        return False
    return True


def _add_field(sample: Sample, column: Column, made: _Draft) -> None:
    plain = slug(column.name.replace('"', ""))
    if is_personal(plain) or is_personal(column.name):
        made.told.append(f"'{column.name}' looks like personal data and is left out")
        return
    if plain in _ADDRESS:
        made.place["address"] = _path(sample, column.name)
    if plain in _UNIT_NAMES:
        made.place["unit_name"] = _path(sample, column.name)
    name = _free_name(plain, column, {one["name"] for one in made.fields})
    said: dict[str, Any] = {
        "name": name,
        "title": column.name.replace('"', "").strip()[:100] or name,
        "type": column.type,
    }
    if column.type == "string":
        said["max_length"] = column.max_length
        if column.max_length > 600:
            said["queryable"] = False
    if column.choices:
        said["choices"] = [{"value": value, "label": label} for value, label in column.choices]
    made.fields.append(said)
    made.takes[name] = (
        {"path": _path(sample, column.name), **column.take} if column.take else _path(sample, column.name)
    )


def _free_name(plain: str, column: Column, taken: set[str]) -> str:
    name = plain[:28].strip("_") or "member"
    if not name[0].isalpha():
        name = f"n_{name}"[:28]
    if name in _TAKEN or (name in COLUMN_FIELDS and column.type != "choice"):
        name = f"their_{name}"[:28]
    number = 2
    while name in taken:
        name = f"{name[:25]}_{number}"
        number += 1
    return name


def _layer(sample: Sample, origin: Origin, made: _Draft) -> dict[str, Any]:
    texts = [one["name"] for one in made.fields if one["type"] == "string" and one.get("queryable", True)]
    titles = [name for name in texts if name in _NAMES] or [name for name in texts if name.startswith("ten")] or texts
    colored = next((one for one in made.fields if 1 < len(one.get("choices", ())) <= len(_COLORS)), None)
    if colored is not None:
        for choice, color in zip(colored["choices"], _COLORS, strict=False):
            choice["color"] = color
    for one in made.fields:
        if one["name"] in titles[:1] or one is colored:
            one["in_tiles"] = True
    geometry = _geometry(sample)
    layer: dict[str, Any] = {
        "id": layer_id(origin.layer),
        "title": {"vi": origin.title, "en": origin.title},
        "description": {"vi": origin.description, "en": origin.description},
        "group": "facilities",
        "geometry": geometry,
        "render": {"color": _COLORS[3], **({} if colored is None else {"color_by": colored["name"]})},
        "fields": made.fields,
    }
    if titles:
        layer["title_field"] = titles[0]
    if geometry == "Point" and max(sample.total or 0, len(sample.rows)) > _FOLD_ABOVE:
        layer["fold_below"] = 13
    return layer


def _geometry(sample: Sample) -> str:
    kinds = {kind.removeprefix("Multi") for kind in sample.geometries}
    if not kinds or kinds == {"Point"}:
        return "Geometry" if "MultiPoint" in sample.geometries else "Point"
    return "Polygon" if kinds == {"Polygon"} else "Geometry"
