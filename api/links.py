# SPDX-License-Identifier: Apache-2.0
"""Links (RFC 8288) of answers, always absolute."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request

from api.settings import Settings

GEOJSON = "application/geo+json"
JSON = "application/json"
SCHEMA = "application/schema+json"
MVT = "application/vnd.mapbox-vector-tile"
OGC = "http://www.opengis.net/def/rel/ogc/1.0/"


def base_of(request: Request, settings: Settings) -> str:
    """The address under which clients see this server, without a slash at its end."""
    return (settings.public_url or str(request.base_url)).rstrip("/")


def link(href: str, rel: str, media_type: str, title: str | None = None) -> dict[str, str]:
    """One link."""
    found = {"href": href, "rel": rel, "type": media_type}
    return found if title is None else {**found, "title": title}


def with_query(href: str, values: Mapping[str, str]) -> str:
    """An address with these parameters."""
    return f"{href}?{urlencode(values)}" if values else href
