# SPDX-License-Identifier: Apache-2.0
"""Which alerts a reader's CAP index holds, and the message of one: what is in force, and what was called off lately."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from fastapi import Request

from api.links import base_of
from api.readers import Reader
from api.state import AppState
from geo.errors import BadParameter, NotFound
from geo.interval import Interval
from layers.connectors.cap_index import Entry, index_of
from layers.connectors.cap_out import Issued, Publisher, cap_of
from layers.issued_alerts import issued_before, withdrawn_one, withdrawn_since
from layers.query import one_of, page_of
from layers.spec import LayerSpec

ALERTS = "alerts"
MOST = 2_000
# An alert without an end is not for ever; and whoever polls once in a while must still hear of what was called off.
_NO_END = timedelta(hours=24)
_CALLED_OFF = timedelta(days=7)


def publisher_of(request: Request, state: AppState) -> Publisher:
    """Who sends: as the setting says, else the host of the public address, else this instance."""
    settings = state.settings
    host = urlsplit(settings.public_url or "").hostname
    return Publisher(settings.cap_sender or host or f"{settings.instance}.local", base_of(request, settings))


async def index(request: Request, state: AppState, reader: Reader, values: Mapping[str, str]) -> bytes:
    """The Atom index of what a reader may see."""
    spec = reader.registry.require(ALERTS)
    every, now = _is_set(values.get("all")), state.clock()
    asked = {name: value for name, value in values.items() if name != "all"}
    query = reader.query(spec, {"limit": str(MOST), "sortby": "-valid_from", **asked})
    since = now - _CALLED_OFF
    if not every:
        query = replace(query, interval=Interval(since, None))
    page = await page_of(reader.database, spec, query, now)
    features = [orjson.loads(text) for text in page.features]
    if not every:
        features += await withdrawn_since(reader.database, spec, query, since)
    earlier = await issued_before(reader.database, spec, [feature["id"] for feature in features])
    entries = [Entry(feature, earlier[feature["id"]]) for feature in features]
    shown = [entry for entry in entries if every or _is_news(entry.feature["properties"], entry.earlier, now)]
    return index_of(shown, publisher_of(request, state), every=every)


async def message(request: Request, state: AppState, reader: Reader, item: str) -> bytes:
    """The present message of one alert; of one that was withdrawn lately, its Cancel.

    Raises:
        NotFound: there is no such alert for this reader.
    """
    spec = reader.registry.require(ALERTS)
    feature = await _feature(state, reader, spec, item)
    earlier = await issued_before(reader.database, spec, [feature["id"]])
    return cap_of(feature, earlier[feature["id"]], publisher_of(request, state))


def _is_set(flag: str | None) -> bool:
    if flag not in (None, "", "true", "false"):
        raise BadParameter("'all' is given or not", code="value_invalid", parameter="all")
    return flag in ("", "true")


async def _feature(state: AppState, reader: Reader, spec: LayerSpec, item: str) -> dict[str, Any]:
    query = reader.query(spec, {})
    try:
        found: dict[str, Any] = orjson.loads(await one_of(reader.database, spec, item, query))
        return found
    except NotFound:
        is_id = item.isascii() and item.isdigit() and len(item) <= 18
        since = state.clock() - _CALLED_OFF
        gone = await withdrawn_one(reader.database, spec, int(item), since) if is_id and query.area is None else None
        if gone is None:
            raise
        return gone


def _is_news(properties: Mapping[str, Any], earlier: Sequence[Issued], now: datetime) -> bool:
    """Whether somebody must act on it now: it is in force, or it was called off after others were told of it."""
    if properties.get("status") == "expired":
        return False
    if properties.get("status") == "cancelled":
        return bool(earlier)
    ends, begins = (
        None if properties.get(name) is None else datetime.fromisoformat(properties[name])
        for name in ("valid_to", "valid_from")
    )
    if ends is None:
        return begins is None or begins > now - _NO_END
    return ends > now
