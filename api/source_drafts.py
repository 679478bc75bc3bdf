# SPDX-License-Identifier: Apache-2.0
"""Draft a source's file, and a layer, from an address that a person copied: OGC API, GeoJSON, CSV, JSON or CKAN."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import orjson
import yaml

from api.settings import Settings
from geo.db.pool import Database
from layers.declared import layer_of
from layers.sources.draft import Origin, draft, layer_id
from layers.sources.draft_rows import sample_of
from layers.sources.secrets import secrets_of
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit
from layers.transports.http import TRANSPORT as HTTP
from layers.transports.http_answer import PullFailed

_PAGE = 1000
Door: TypeAlias = dict[str, Any]
Get: TypeAlias = Callable[[str], Awaitable[bytes]]
_STRANGE = (LookupError, AttributeError, TypeError)


async def infer(settings: Settings, url: str, said: Mapping[str, str | None]) -> str:
    """A YAML document for the address, with what to look at as comments.

    Args:
        said: ``layer``, ``id`` and ``system``, where a person said them.

    Raises:
        ValueError: no mapping reads what is there, or it is a catalogue.
        PullFailed: it does not answer.
    """

    async def get(address: str) -> bytes:
        async for arrival in visit_of(settings, {"url": address}):
            return arrival.message.body
        raise ValueError(f"{address} answers with nothing")

    try:
        door, title, description = await _address(url, get)
    except _STRANGE:
        raise ValueError(f"{url} answers in another form than its address promises") from None
    first = door["url"] + (("&" if "?" in door["url"] else "?") + urlencode(door["params"]) if "params" in door else "")
    sample = sample_of(await get(first))
    if sample.format == "ckan":
        door |= {"paging": {"kind": "offset", "size": _PAGE}}
        door["params"] = {
            name: value for name, value in door.get("params", {}).items() if name not in ("limit", "offset")
        }
    elif sample.format == "ogc_features":
        door |= {"paging": {"kind": "link"}}
    origin = Origin(
        layer_id(said.get("layer") or title), title, description, said.get("system") or "data_platform",
        {"kind": "http", **door}, said.get("id"),
    )  # fmt: skip
    document, told = draft(sample, origin)
    layer_of(document["layer"])
    SourceSpec.model_validate(document["source"])
    lines = [
        f"# Drafted from {len(sample.rows)} records of {url}:",
        "# read it, correct titles and choices, then try it: ./toancanh source check FILE",
        *(f"# note: {line}" for line in told),
    ]
    return "\n".join(lines) + "\n" + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)


def visit_of(settings: Settings, door: Door, name: str = "trial") -> AsyncIterator[Arrival]:
    """One visit over HTTP, from the beginning, of which nothing is kept."""
    options = HTTP.options.model_validate({key: value for key, value in door.items() if key != "kind"})
    visit = Visit(
        name, options, {}, secrets_of(settings.secrets), cast(Database, None), lambda: datetime.now(UTC)
    )  # fmt: skip
    return HTTP.arrivals(visit)


async def _address(url: str, get: Get) -> tuple[Door, str, str]:
    """Door, title and description of an address that a person copied from somewhere."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    bare = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    if "collections" in steps[-3:]:
        collection = bare.removesuffix("/items")
        said = orjson.loads(await get(collection))
        name = said.get("title") or said.get("id") or steps[-1]
        keep = {key: value for key, value in query.items() if key not in ("limit", "offset", "startindex")}
        return {"url": f"{collection}/items", "params": {**keep, "limit": _PAGE}}, name, said.get("description") or name
    if bare.endswith("/datastore_search"):
        return await _datastore(bare, query, get)
    if bare.endswith(("/package_search", "/package_show", "/package_list")):
        raise ValueError(_resources(orjson.loads(await get(url)), bare))
    if "resource" in steps and "download" not in steps:
        key = steps[steps.index("resource") + 1]
        action = urljoin(url, "/api/3/action/")
        resource = orjson.loads(await get(f"{action}resource_show?id={key}"))["result"]
        if resource.get("datastore_active"):
            return await _datastore(f"{action}datastore_search", {"resource_id": key}, get)
        return {"url": resource["url"]}, resource.get("name") or key, resource.get("description") or resource["url"]
    name = steps[-1].rpartition(".")[0] or steps[-1] if steps else parts.netloc
    door: Door = {"url": bare} if not query else {"url": bare, "params": query}
    return door, name, name


async def _datastore(bare: str, query: dict[str, str], get: Get) -> tuple[Door, str, str]:
    key = query.get("resource_id", "")
    if not key:
        raise ValueError("datastore_search needs a resource_id")
    door = {"url": bare, "params": {**query, "limit": _PAGE}}
    try:
        show = bare.removesuffix("datastore_search") + "resource_show?" + urlencode({"id": key})
        name = orjson.loads(await get(show))["result"].get("name") or key
    except (PullFailed, ValueError, *_STRANGE):
        name = key
    return door, str(name).rpartition(".")[0] or str(name), str(name)


def _resources(said: Any, bare: str) -> str:
    """The resources of a catalogue, as a sentence that lists what to ask instead."""
    result = said.get("result") if isinstance(said, dict) else None
    packages = result.get("results", [result]) if isinstance(result, dict) else []
    lines = ["this is a catalogue; draft from one of its resources:"]
    action = bare.rpartition("/")[0]
    for package in packages:
        for resource in package.get("resources", []) if isinstance(package, dict) else []:
            stored = resource.get("datastore_active")
            where = f"{action}/datastore_search?resource_id={resource.get('id')}" if stored else resource.get("url")
            lines.append(f"  {package.get('title')} · {resource.get('format')}: {where}")
    return "\n".join(lines)
