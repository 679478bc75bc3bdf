# SPDX-License-Identifier: Apache-2.0
"""What an unknown answer is, and where its records are: OGC API Features, GeoJSON, CKAN, JSON, CSV or XLSX. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from geo.errors import BadBody, TooLarge
from layers.connectors.mapped_options import Format
from layers.connectors.mapped_rows import column_key
from layers.tabular import Table, read_csv
from layers.workbook import read_xlsx

_DEPTH = 3


@dataclass(frozen=True)
class Sample:
    """An answer, understood.

    Args:
        rows: its records as flat members; of a Feature its properties.
        prefix: what stands before a member's name in a path.
        records: where the list is, ``None`` where the format says it.
        ids: the ids of Features, ``None`` where they have none.
        geometries: the types of their geometries.
        total: how many records there are over there, where it says so.
    """

    format: Format
    rows: Sequence[Mapping[str, Any]]
    prefix: str = ""
    records: str | None = None
    ids: Sequence[Any] | None = None
    geometries: frozenset[str] = frozenset()
    total: int | None = None


def sample_of(body: bytes) -> Sample:
    """What an answer is, by its bytes.

    Raises:
        ValueError: nothing that a mapping reads, or without a record.
    """
    bare = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare[:1] in (b"{", b"["):
        try:
            found = _json(orjson.loads(bare))
        except orjson.JSONDecodeError as error:
            raise ValueError(f"the answer begins like JSON and is none: {error}") from None
    else:
        try:
            is_workbook = body.startswith(b"PK")
            found = _table(read_xlsx(body) if is_workbook else read_csv(body), "xlsx" if is_workbook else "csv")
        except (BadBody, TooLarge) as error:
            raise ValueError(f"the answer is neither JSON nor a table: {error.detail}") from None
    if not found.rows:
        raise ValueError("the answer holds no record from which a layer could be drafted")
    return found


def _json(decoded: Any) -> Sample:
    if isinstance(decoded, dict) and decoded.get("type") == "FeatureCollection":
        return _features(decoded)
    if isinstance(decoded, dict) and isinstance(decoded.get("success"), bool):
        result = decoded.get("result")
        if not decoded["success"] or not isinstance(result, dict) or not isinstance(result.get("records"), list):
            raise ValueError("the CKAN portal answers without records: ask datastore_search with a resource_id")
        return Sample("ckan", _flat(result["records"]), total=_whole(result.get("total")))
    lists = sorted(_lists(decoded, "", 0), key=lambda pair: -len(pair[1]))
    if not lists:
        raise ValueError("the answer holds no list of objects")
    path, rows = lists[0]
    return Sample("json", _flat(rows), records=path or None)


def _features(decoded: Mapping[str, Any]) -> Sample:
    listed = decoded.get("features")
    features = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    ids = [one.get("id") for one in features]
    shapes = [one["geometry"].get("type") for one in features if isinstance(one.get("geometry"), dict)]
    return Sample(
        "ogc_features" if isinstance(decoded.get("links"), list) or "numberReturned" in decoded else "geojson",
        [one["properties"] if isinstance(one.get("properties"), dict) else {} for one in features],
        "properties.",
        None,
        ids if ids and None not in ids and len(set(map(str, ids))) == len(ids) else None,
        frozenset(str(shape) for shape in shapes),
        _whole(decoded.get("numberMatched")),
    )


def _table(table: Table, form: Format) -> Sample:
    # Columns without a name, or with that of another, cannot be mapped.
    named = [column_key(name) for name in table.header]
    able = [bool(name) and named.count(name) == 1 for name in named]
    rows = [
        {name: cell for name, cell, good in zip(table.header, row.cells, able, strict=False) if good}
        for row in table.rows[:5000]
    ]
    return Sample(form, rows, total=len(table.rows))


def _lists(value: Any, path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Every list of objects, with its path."""
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            yield path, value
    elif isinstance(value, dict) and depth < _DEPTH:
        for name, member in value.items():
            yield from _lists(member, f"{path}.{quoted(name)}" if path else quoted(name), depth + 1)


def _flat(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Members of members under their path: ``toaDo.x``."""
    found = []
    for row in rows[:5000]:
        flat: dict[str, Any] = {}
        for name, member in row.items() if isinstance(row, dict) else ():
            if isinstance(member, dict):
                flat |= {f"{quoted(name)}.{quoted(inner)}": value for inner, value in member.items()}
            else:
                flat[quoted(name)] = member
        found.append(flat)
    return found


def quoted(name: str) -> str:
    """A member's name as JMESPath writes it."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[:1].isdigit()
    return name if plain else orjson.dumps(name).decode()


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
