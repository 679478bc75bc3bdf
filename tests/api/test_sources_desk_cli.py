# SPDX-License-Identifier: Apache-2.0
"""Sources from the command line: listed, their letters read, and replayed after a file was mended."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from geo.db.pool import Database
from layers.connectors.base import Message
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.book import read_source
from layers.sources.road import Road, receive
from tests.api.source_desk import SOURCE
from tests.api.test_session import command

pytestmark = pytest.mark.postgis


async def test_letters_are_listed_and_replayed_after_the_file_was_mended(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    name = f"cli-{uuid.uuid4().hex[:8]}"
    file = tmp_path / f"{name}.yaml"
    file.write_text(yaml.safe_dump({**SOURCE, "id": name}))
    road = Road(database, registry, Gazetteer(registry))
    message = Message(b'[{"id": "s-1", "name": "School"}]', datetime.now(UTC), "application/json")
    await receive(road, read_source(file), [message], datetime.now(UTC))

    def run(*words: str) -> tuple[int, str]:
        done = command(database_url, "source", *words, TOANCANH_SOURCES=str(tmp_path))
        return done.returncode, done.stdout + done.stderr

    code, told = await asyncio.to_thread(run, "list")
    assert code == 0 and name in told and " ok " in told
    code, told = await asyncio.to_thread(run, "letters", name)
    assert "1 × " in told
    code, told = await asyncio.to_thread(run, "replay", name)
    assert (code, told.strip()) == (1, "replayed 1, resolved 0, refused 1")
    file.write_text(yaml.safe_dump({**SOURCE, "id": name, "options": {"layer": "schools"}}))
    code, told = await asyncio.to_thread(run, "replay", name)
    assert (code, told.strip()) == (0, "replayed 1, resolved 1, refused 0")
    code, told = await asyncio.to_thread(run, "replay", name, "--letter", "999999")
    assert (code, "no dead letter" in told) == (2, True)
