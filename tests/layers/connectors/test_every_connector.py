# SPDX-License-Identifier: Apache-2.0
"""The contract of connectors, held by all that there are: whatever the bytes, records or typed refusals come out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Message, Options
from layers.connectors.registry import connectors
from layers.registry import discover
from layers.sources.book import read_document, read_source
from layers.sources.spec import SourceSpec
from layers.systems import SYSTEMS
from layers.transports.registry import transports
from tests.support.fuzz import FUZZ, assert_typed

EXAMPLES = Path(__file__).resolve().parents[3] / "deploy" / "sources"
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
_TYPES = ("application/json", "application/xml", "text/csv", "text/plain", "application/octet-stream", "",
          "multipart/form-data; boundary=x", "application/fhir+json", "application/x-www-form-urlencoded")  # fmt: skip


def examples() -> list[SourceSpec]:
    return [read_source(file) for file in sorted(EXAMPLES.glob("*.yaml"))]


_SOURCES = {source.id: source for source in examples()}
# Each connector with the options that an example gives it, so that its deeper parts are reached.
_CASES: dict[str, tuple[str, Options]] = {source.id: (source.connector, source.protocol_options)
                                          for source in _SOURCES.values()}  # fmt: skip


def test_every_connector_has_an_example() -> None:
    assert {source.connector for source in _SOURCES.values()} == set(connectors())


def test_every_transport_has_an_example() -> None:
    used = {str(source.door["kind"]) for source in _SOURCES.values() if source.door is not None}
    assert used == set(transports())


def test_every_system_of_the_design_has_a_source_and_known_layers() -> None:
    layers = set(discover())
    assert {layer for system in SYSTEMS.values() for layer in system.layers} <= layers
    assert {source.system for source in _SOURCES.values()} <= set(SYSTEMS)


def test_an_example_says_what_it_is_for() -> None:
    for file in sorted(EXAMPLES.glob("*.yaml")):
        assert file.read_text(encoding="utf-8").startswith("#"), file.name
        document = read_document(file)
        assert (document.get("source") or document)["id"] == file.stem


@pytest.mark.parametrize("name", sorted(_CASES))
@FUZZ
@given(body=st.binary(max_size=2000) | st.text(max_size=500).map(lambda text: text.encode("utf-8", "surrogatepass")),
       kind=st.sampled_from(_TYPES), called=st.text(max_size=60))  # fmt: skip
def test_any_bytes_are_records_or_typed_refusals(name: str, body: bytes, kind: str, called: str) -> None:
    connector, options = _CASES[name]
    assert_typed(connectors()[connector], Message(body, NOW, kind, called), options)
