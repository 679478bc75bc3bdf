# SPDX-License-Identifier: Apache-2.0
"""GeoJSON (RFC 7946, OGC API Features Part 1) around features that PostGIS has already written as text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson


def feature_collection(features: Sequence[str], links: Sequence[dict[str, str]], now: datetime) -> str:
    """A page of features."""
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberReturned": len(features),
        "timeStamp": now.isoformat().replace("+00:00", "Z"),
        "links": list(links),
    }
    return _with_member(orjson.dumps(head).decode(), f'"features":[{",".join(features)}]')


def feature(text: str, links: Sequence[dict[str, str]]) -> str:
    """One feature with its links."""
    return _with_member(text, f'"links":{orjson.dumps(list(links)).decode()}')


def _with_member(json_object: str, member: str) -> str:
    return f"{json_object[:-1]},{member}}}"
