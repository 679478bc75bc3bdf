# SPDX-License-Identifier: Apache-2.0
"""The command ``source``: try a source's file before it is put to work, or draft one from an address."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import psycopg2

from api import sources_desk_cli
from api.auth import hash_of, new_key
from api.settings import Settings
from api.source_drafts import infer, visit_of
from geo.errors import MapError
from layers.connectors.base import Message
from layers.declared import layer_of
from layers.registry import LayerRegistry, discover
from layers.sources.book import SourceBook, read_document, read_source
from layers.sources.spec import SourceSpec
from layers.sources.trial import Trial, try_source
from layers.transports.http import TRANSPORT as HTTP
from layers.transports.http_answer import PullFailed

_TYPES = {
    ".json": "application/json", ".geojson": "application/geo+json", ".csv": "text/csv", ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".txt": "text/plain",
}  # fmt: skip
_WIDTH = 28


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0: fine; 1: some of it would be refused, or nothing came; 2: the file or the address is wrong."""
    try:
        if chosen.action == "check":
            return asyncio.run(_check(settings, chosen))
        if chosen.action in sources_desk_cli.ACTIONS:
            text, code = asyncio.run(sources_desk_cli.run(settings, chosen))
            _say(text)
            return code
        if chosen.action == "keys":
            sys.stdout.write(orjson.dumps(_make_keys(settings, chosen.known)).decode() + "\n")
            return 0
        sys.stdout.write(asyncio.run(infer(settings, chosen.url, vars(chosen))))
        return 0
    except (ValueError, OSError, PullFailed, MapError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _make_keys(settings: Settings, known: Sequence[str]) -> dict[str, str]:
    pushing = [spec.id for spec in SourceBook(settings.sources).all.values() if spec.door is None]
    made = {source: new_key() for source in pushing if source not in known}
    connection = psycopg2.connect(settings.owner_url)
    try:
        with connection, connection.cursor() as cursor:
            for source, key in made.items():
                values = (source, hash_of(key), ["*"])
                cursor.execute("insert into api_key (source, key_hash, layers) values (%s, %s, %s)", values)
    finally:
        connection.close()
    return made


async def _check(settings: Settings, chosen: argparse.Namespace) -> int:
    document = read_document(chosen.file)
    registry = discover(settings.sources)
    if "layer" in document:
        layer = layer_of(document["layer"])
        others = [spec for spec in registry.values() if spec.id != layer.id]
        registry = LayerRegistry([*others, layer])
        _say(f"layer   {layer.id}: {len(layer.fields)} fields, {layer.geometry}, group {layer.group.id}")
        if "source" not in document:
            return 0
    source = read_source(chosen.file)
    _say(f"source  {source.id}: {source.connector}, system {source.system}")
    wanted = getattr(source.protocol_options, "layer", None)
    if wanted is not None and wanted not in registry:
        raise ValueError(f"options.layer: there is no layer '{wanted}'; there are: {', '.join(registry)}")
    messages = [message async for message in _messages(settings, source, chosen)]
    trial = try_source(source, messages, registry, datetime.now(UTC))
    _tell(trial)
    return 0 if trial.taken and not trial.reasons else 1


async def _messages(settings: Settings, source: SourceSpec, chosen: argparse.Namespace) -> AsyncIterator[Message]:
    if chosen.sample is not None and "://" not in chosen.sample:
        file = Path(chosen.sample)
        kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
        yield Message(file.read_bytes(), datetime.now(UTC), kind, file.name)
        return
    if chosen.sample is None and (source.transport is None or source.transport.kind != HTTP.kind):
        raise ValueError("this source is not fetched over HTTP: give --sample FILE")
    options = {"url": chosen.sample} if chosen.sample is not None else {**(source.door or {})}
    count = 0
    async with aclosing(cast(Any, visit_of(settings, options, source.id))) as arrivals:
        async for arrival in arrivals:
            yield arrival.message
            count += 1
            if count >= chosen.pages:
                return


def _tell(trial: Trial) -> None:
    taken = ", ".join(f"{count} {layer}" for layer, count in trial.taken.items()) or "nothing"
    _say(f"{trial.messages} messages: {taken} would be taken in, {sum(c for c, _ in trial.reasons.values())} refused")
    if trial.places:
        _say("places  " + ", ".join(f"{count} by {claim}" for claim, count in trial.places.most_common()))
    if trial.repeated:
        _say(f"ids     {trial.repeated} records repeat an id: pages overlap, or the id does not tell records apart")
    for code, (count, first) in sorted(trial.reasons.items()):
        _say(f"refused {count} × {code}: {first}")
    _table(trial.rows)


def _table(rows: Sequence[Any]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *[[_cell(row.get(name)) for name in names] for row in rows]]
    widths = [min(_WIDTH, max((len(line[index]) for line in cells), default=0)) for index in range(len(names))]
    for line in cells if rows else []:
        _say("  ".join(cell[:width].ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
