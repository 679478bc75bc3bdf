# SPDX-License-Identifier: Apache-2.0
"""Whatever a server answers: a next page, none, or a failure with a name; a draft, or a sentence why there is none."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Message
from layers.declared import layer_of
from layers.registry import LayerRegistry
from layers.sources.draft import Origin, draft
from layers.sources.draft_rows import sample_of
from layers.sources.spec import SourceSpec
from layers.sources.trial import try_source
from layers.transports.http_options import HttpOptions
from layers.transports.http_paging import Ask, ask_from, first_ask, next_ask
from tests.layers.transports.http_server import NOW
from tests.support.fuzz import FUZZ

NAMES = (
    "type FeatureCollection Feature features links rel href next success result records total properties geometry id "
    "_id name ten ma lon lat x y kind status coordinates Point"
).split()
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=6),
    max_leaves=15,
)  # fmt: skip
PAGING: list[dict[str, Any]] = [
    {"kind": "none"},
    {"kind": "link"},
    {"kind": "link", "rebase": True},
    {"kind": "offset", "size": 1},
    {"kind": "page", "items": "result"},
    {"kind": "token", "path": "next"},
    {"kind": "token", "path": "next", "param": "p", "place": "body"},
    {"kind": "token", "path": "max_by(features, &id).id", "param": "p"},
]


# With these a drafted mapping would not read what it was drafted from.
UNREAD = {
    "connector_failed",
    "mapping_records_missing",
    "mapping_column_missing",
    "mapping_column_twice",
    "field_unknown",
}


def _collection(properties: list[Any], features: Any) -> Any:
    made = [{"type": "Feature", "id": index, "properties": one} for index, one in enumerate(properties)]
    return {"type": "FeatureCollection", "features": made or features, "links": features}


def _answer(records: list[Any]) -> Any:
    return {"success": True, "result": {"records": records}}


@FUZZ
@given(st.sampled_from(PAGING), ANY, st.none() | st.text(max_size=20))
def test_any_answer_has_a_next_page_or_none_or_a_named_failure(paging: Any, decoded: Any, link: str | None) -> None:
    options = HttpOptions.model_validate({"url": "https://a.example/x", "paging": paging})
    ask = first_ask(options, {"since": "a"})
    try:
        following = next_ask(options, ask, decoded, link)
    except ValueError as error:
        assert str(error)
        return
    if following is not None:
        assert following.page == 1
        assert ask_from(orjson.loads(orjson.dumps(following.as_dict()))) == following


@FUZZ
@given(ANY)
def test_any_cursor_is_a_request_or_none(kept: Any) -> None:
    assert ask_from(kept) is None or isinstance(ask_from(kept), Ask)


def _drafted(body: bytes) -> None:
    try:
        document, _ = draft(sample_of(body), Origin("any", "Bất kỳ", "Bất kỳ"))
    except ValueError as error:
        assert str(error)
        return
    layer = layer_of(document["layer"])
    source = SourceSpec.model_validate(document["source"])
    trial = try_source(source, [Message(body, NOW)], LayerRegistry([layer]), NOW)
    assert trial.taken.total() + sum(count for count, _ in trial.reasons.values()) > 0
    assert not trial.reasons.keys() & UNREAD, trial.reasons


@FUZZ
@given(ANY | st.builds(_collection, st.lists(ANY, max_size=4), ANY) | st.builds(_answer, st.lists(ANY, max_size=4)))
def test_any_json_is_drafted_as_a_sound_document_or_refused_in_words(decoded: Any) -> None:
    _drafted(orjson.dumps(decoded))


@FUZZ
@given(st.lists(st.lists(st.text("ab0,.-/:đ\"';\t", max_size=8), min_size=1, max_size=4), min_size=1, max_size=30))
def test_any_table_is_drafted_as_a_sound_document_or_refused_in_words(rows: list[list[str]]) -> None:
    _drafted("\n".join(";".join(row) for row in rows).encode())


@pytest.mark.parametrize(
    "name", ["count", "geom", "id", "status", "kind", "x" * 60, "9a", "đ", "?", "from", "Name", "NAME"]
)
def test_members_of_any_name_become_fields_that_are_allowed(name: str) -> None:
    rows = [{"ma": f"m{index}", name: "free text", f"{name} ": "again"} for index in range(3)]
    _drafted(orjson.dumps(rows))
    document, _ = draft(sample_of(orjson.dumps(rows)), Origin("any", "Bất kỳ", "Bất kỳ"))
    assert len(document["layer"]["fields"]) == 3
