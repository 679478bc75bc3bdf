# SPDX-License-Identifier: Apache-2.0
"""A layer with a field of every type, and awkward features in it, here and in PostGIS."""

import json
import random
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from psycopg2.extensions import connection as PgConnection
from psycopg2.extras import execute_batch
from shapely import wkb
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render
from layers.spec import Text as Title

SOURCE = "cql2-zoo"


def _title(text: str) -> Title:
    return Title(text, text)


ZOO = LayerSpec(
    id="cql2_zoo",
    title=_title("Zoo"),
    description=_title("Zoo"),
    group=OPERATIONS,
    render=Render(),
    geometry="Geometry",
    fields=(
        FieldSpec("name", _title("Name")),
        FieldSpec("note", _title("Note")),
        FieldSpec("kind", _title("Kind"), "choice", choices=tuple(Choice(value, _title(value)) for value in "abc")),
        FieldSpec("count", _title("Count"), "integer"),
        FieldSpec("level", _title("Level"), "number"),
        FieldSpec("open", _title("Open"), "boolean"),
        FieldSpec("seen", _title("Seen"), "datetime"),
        FieldSpec("secret", _title("Secret"), max_length=5000, queryable=False),
    ),
)
_JSONB = ("name", "note", "count", "level", "open", "seen")

_PLAIN_TEXTS = (
    "", "a", "A", "b", "aa", "ab", "Đường", "đường", "DUONG", "hòa", "hoà", "hoa", "HÒA", "Trường Tiểu học Nguyễn Huệ",
    "100%", "a_b", "a\\b", "ends\\", "it's", "x'; drop table feature;--", "Straße", "ÿ", "Ÿ", "😀", " ", "\u0301", "Ất",
    "ǅ", "İ", "ς", "\n", "a\tb", '"quoted"', "\u1e9e", "각", "Ω", "ﬁ", "true", "5",
)  # fmt: skip
TEXTS = (*_PLAIN_TEXTS, *(unicodedata.normalize("NFD", text) for text in _PLAIN_TEXTS if not text.isascii()))
NUMBERS: tuple[float, ...] = (
    0, 1, -1, 2, 3, 7, -8, 0.5, 0.1, 0.2, 0.3, 1.5, -2.25, 123456.789, 1e15, 9007199254740993, -0.0, 1e308, -1e308,
    1.7976931348623157e308, 5e-324, 1e-310, 2.2250738585072014e-308, 1e150, 1.1e150, 1e-150, 9e-151, 1e151, -1e149,
)  # fmt: skip
_STRANGE_NUMBERS: tuple[Any, ...] = ("5", True, 10**400, [1], {"a": 1})
MOMENTS = tuple(
    datetime(2025, 6, 30, 23, 59, 59, 999999, UTC) + timedelta(microseconds=shift)
    for shift in (0, 1, 2, 3_600_000_000, 86_400_000_000, -86_400_000_000, 12_345_678_901)
) + tuple(moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max, datetime(1969, 7, 20, 20, 17)))
STRANGE_MOMENTS: tuple[Any, ...] = (
    "2025-07-01T07:00:00+07:00", "2025-07-01 00:00:00.123456789Z", "2025-07-01t00:00:00.5z", "2025-02-30T00:00:00Z",
    "2025-07-01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
    "2025-07-01T24:00:00Z", "2025-07-01T23:59:60Z", "2025-07-01T00:00:00+23:59", "2025-13-01T00:00:00Z",
    "٢٠٢٥-07-01T00:00:00Z", "2025-07-01T00:00:00", "infinity", "", 5, "2024-02-29T00:00:00Z", "2025-02-29T00:00:00Z",
)  # fmt: skip


def shape(rng: random.Random) -> Any:
    """A valid shape."""
    while True:
        made = _shape(rng)
        if made.is_valid and not made.is_empty:
            return made


def _shape(rng: random.Random) -> Any:
    """Coordinates are exact in binary, so that every library computes the same sides."""

    def at() -> tuple[float, float]:
        return 105.5 + rng.randrange(9) / 16, 21.5 + rng.randrange(9) / 16

    def rectangle() -> Polygon:
        west, south = at()
        return box(west, south, west + rng.randrange(1, 5) / 16, south + rng.randrange(1, 5) / 16)

    match rng.randrange(11):
        case 0 | 1 | 2:
            return Point(at())
        case 3:
            return MultiPoint([at(), at()])
        case 4:
            (x, y), step = at(), rng.randrange(1, 4) / 16
            return LineString([(x, y), (x + step, y + step), (x + 2 * step, y)])
        case 5 | 6 | 7:
            return rectangle()
        case 8:
            (x, y), step = at(), rng.randrange(1, 5) / 16
            return Polygon([(x, y), (x + 2 * step, y), (x, y + 2 * step)])
        case 9:
            one = rectangle()
            return MultiPolygon([one, box(one.bounds[2] + 1 / 16, one.bounds[1], one.bounds[2] + 1 / 8, one.bounds[3])])
    hole = rectangle().buffer(1 / 16, join_style="mitre")
    west, south, east, north = hole.bounds
    return box(west - 1 / 16, south - 1 / 16, east + 1 / 16, north + 1 / 16).difference(hole)


def make_rows(seed: int, count: int) -> list[dict[str, Any]]:
    """Rows as the row evaluator reads them, with ``id``."""
    rng = random.Random(seed)

    def maybe(value: Any, strange: Sequence[Any] = ()) -> Any:
        chance = rng.random()
        if chance < 0.2:
            return None
        return rng.choice(strange) if strange and chance < 0.35 else value

    rows = []
    for number in range(count):
        stored: Any = shape(rng)
        if rng.random() < 0.08:
            bow_tie = Polygon([(105.5, 21.5), (106, 22), (106, 21.5), (105.5, 22)])
            stored = rng.choice([GeometryCollection([shape(rng), shape(rng)]), Point(), Polygon(), bow_tie])
        properties = {
            "name": maybe(rng.choice(TEXTS)),
            "note": maybe(rng.choice(TEXTS), (True, 5)),
            "count": maybe(rng.choice([value for value in NUMBERS if value == int(value) and abs(value) < 1e16])),
            "level": maybe(rng.choice(NUMBERS), _STRANGE_NUMBERS),
            "open": maybe(rng.choice([True, False]), ("true", 1, 0)),
            "seen": maybe(rng.choice(MOMENTS).isoformat(), STRANGE_MOMENTS),
        }
        # Missing and null are two ways to have no value.
        rows.append(
            {name: value for name, value in properties.items() if value is not None or rng.random() < 0.5}
            | {
                "id": number,
                "kind": maybe(rng.choice("abc")),
                "source": SOURCE,
                "external_id": f"{rng.choice(TEXTS)}{number}",
                "revision": rng.choice([1, 2, 3, 2**62]),
                "valid_from": maybe(rng.choice(MOMENTS)),
                "valid_to": maybe(rng.choice(MOMENTS)),
                "recorded_at": rng.choice(MOMENTS),
                "geometry": maybe(stored),
            }
        )
    return rows


def columns_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The same rows as columns, of numpy's own types where these can hold the values."""
    names = {name for row in rows for name in row}
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    columns["revision"] = np.asarray(columns["revision"])
    columns["valid_from"] = np.asarray(
        [None if value is None else value.replace(tzinfo=None) for value in columns["valid_from"]], "datetime64[us]"
    )
    return columns


def store(connection: PgConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, past the ingest door, which would refuse half of them; fills in when that was."""
    with connection.cursor() as cursor:
        execute_batch(
            cursor,
            "insert into feature (layer, id, source, external_id, revision, kind, valid_from, valid_to, recorded_at,"
            " properties, geom) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, ST_GeomFromWKB(%s, 4326))",
            [
                (
                    ZOO.id,
                    row["id"],
                    *(row[name] for name in ("source", "external_id", "revision", "kind")),
                    *(row[name] for name in ("valid_from", "valid_to", "recorded_at")),
                    json.dumps({name: row[name] for name in _JSONB if name in row}),
                    None if row["geometry"] is None else wkb.dumps(row["geometry"]),
                )
                for row in rows
            ],
        )
        # The table keeps its own clock for this column.
        cursor.execute("select id, recorded_at from feature where layer = %s", (ZOO.id,))
        recorded = dict(cursor.fetchall())
    for row in rows:
        row["recorded_at"] = recorded[row["id"]]
