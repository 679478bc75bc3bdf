# SPDX-License-Identifier: Apache-2.0
"""A drafted document is a valid layer and source, and reads every record that it was drafted from."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from layers.connectors.base import Message
from layers.declared import layer_of
from layers.registry import LayerRegistry
from layers.sources.draft import Origin, draft, layer_id
from layers.sources.draft_columns import column_of, slug
from layers.sources.draft_rows import sample_of
from layers.sources.spec import SourceSpec
from layers.sources.trial import Trial, try_source

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def drafted(body: bytes, **said: Any) -> tuple[dict[str, Any], list[str], Trial]:
    """The document, what it notes, and what the drafted mapping makes of the same bytes."""
    document, told = draft(sample_of(body), Origin("Wells of a test", "Giếng", "Giếng nước", **said))
    layer = layer_of(document["layer"])
    source = SourceSpec.model_validate(document["source"])
    return document, told, try_source(source, [Message(body, NOW)], LayerRegistry([layer]), NOW, keep_rows=1)


def geojson(count: int = 40) -> bytes:
    features = [
        {
            "type": "Feature", "id": f"w{index}",
            "geometry": {"type": "Point", "coordinates": [105.8 + index / 1000, 21.6]},
            "properties": {
                "tên": f"Giếng {index}", "loại": ("Khoan", "Đào")[index % 2], "sâu_m": index + 0.5, "công khai": True,
                "status": f"s{index}", "ngày": f"{index % 28 + 1:02}/10/2026", "Họ tên": "Người Giả Định",
                "con": {"a": 1},
            },
        }
        for index in range(count)
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def test_a_geojson_file_becomes_a_layer_with_types_choices_and_colours() -> None:
    document, told, trial = drafted(geojson())
    fields = {field["name"]: field for field in document["layer"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "ten": "string", "loai": "choice", "sau_m": "number", "cong_khai": "boolean", "their_status": "string",
        "ngay": "datetime",
    }  # fmt: skip
    assert document["layer"]["render"]["color_by"] == "loai" and document["layer"]["title_field"] == "ten"
    assert [choice["value"] for choice in fields["loai"]["choices"]] == ["khoan", "dao"]
    assert told == ["'Họ tên' looks like personal data and is left out"]
    assert trial.taken == {"wells_of_a_test": 40} and trial.reasons == {} and trial.places == {"coordinates": 40}
    assert trial.rows[0]["ngay"] == "2026-09-30T17:00:00+00:00"


def test_a_table_with_decimal_commas_and_leading_zeros_keeps_them() -> None:
    rows = "\n".join(f"0{index:02};Xã {index};105,8{index:02};21,6;1.{index:03},5" for index in range(30))
    document, _, trial = drafted(f"Mã;Tên xã;Kinh độ;Vĩ độ;Diện tích\n{rows}\n".encode())
    options = document["source"]["options"]
    assert options["id"] == "Mã" and options["lon"] == {"path": "Kinh độ", "decimal": ","}
    assert options["unit_name"] == "Tên xã"
    assert trial.taken.total() == 30 and trial.reasons == {}
    assert trial.rows[0]["lon"] == 105.8 and trial.rows[0]["dien_tich"] == 1000.5 and trial.rows[0]["ma"] == "000"


def test_metres_are_drafted_as_vn2000_with_a_note_and_surveyors_axes() -> None:
    rows = [{"ma": f"a{index}", "x": 2388417.9 + index, "y": 431463.3} for index in range(3)]
    document, told, trial = drafted(orjson.dumps({"du_lieu": {"ds": rows}}))
    options = document["source"]["options"]
    assert (options["records"], options["lon"], options["lat"], options["crs"]) == ("du_lieu.ds", "y", "x", "EPSG:9213")
    assert "EPSG:9213" in told[0] and trial.places == {"coordinates": 3}
    assert trial.rows[0]["lat"] == pytest.approx(21.59, abs=1e-5)


def test_nothing_unique_asks_for_the_id() -> None:
    body = orjson.dumps([{"a": 1, "lon": 105.8, "lat": 21.6}] * 3)
    with pytest.raises(ValueError, match="name the path of their id with --id"):
        drafted(body)
    _, _, trial = drafted(body, id="a")
    assert trial.repeated == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[]", "no list of objects"),
        (b'{"a": 1}', "no list of objects"),
        (b"{", "is none"),
        (b'{"type": "FeatureCollection", "features": []}', "no record"),
        (b'{"success": false, "error": {}}', "without records"),
        (b"", "neither JSON nor a table"),
        (b"\xff\xfe\x00", "neither JSON nor a table"),
        (b"only a header\n", "no record"),
    ],
)
def test_what_holds_no_records_is_told(body: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sample_of(body)


@pytest.mark.parametrize(
    ("values", "kind", "take"),
    [
        ([1, 2, None], "integer", {}),
        ([1, 2.5], "number", {}),
        ([True, False], "boolean", {}),
        (["1", "20"], "integer", {"type": "integer"}),
        (["01", "20"], "string", {}),
        (["1.5", "20"], "number", {"type": "number"}),
        (["1.000,5", "20"], "number", {"type": "number", "decimal": ","}),
        (["2026-11-22", "2026-11-22T08:30:00Z"], "datetime", {"type": "time"}),
        (["22/11/2026 08:30", "01/02/2026 00:00"], "datetime", {"format": "%d/%m/%Y %H:%M"}),
        (["", None], None, None),
        ([[1], 2], None, None),
    ],
)
def test_columns_are_judged_by_all_their_values(values: list[Any], kind: str | None, take: Any) -> None:
    column = column_of("a", values)
    assert (None if column is None else column.type) == kind
    assert column is None or column.take == take


def test_names_become_plain() -> None:
    assert slug("Số điện thoại") == slug("soDienThoai") == "so_dien_thoai"
    assert layer_id("Điểm dừng xe buýt của thành phố") == "diem_dung_xe_buyt_cua_th"
    assert layer_id("2026") == "layer_2026"
