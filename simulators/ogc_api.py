# SPDX-License-Identifier: Apache-2.0
"""A small server of OGC API Features, Part 1: core and GeoJSON (OGC 17-069r4), as a foreign department runs one.

    GET /  /conformance  /collections  /collections/{id}  /collections/{id}/items?limit=&offset=&bbox=&datetime=
    GET /collections/{id}/items/{feature}

Two collections: bus stops (points, no time) and flood marks (points with a time).
"""

import argparse
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from urllib.parse import urlencode

from simulators.boundaries import load_ground
from simulators.places_in_unit import anywhere
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8093
TITLES = {"bus_stops": "Điểm dừng xe buýt", "flood_marks": "Vết lũ"}
_CONFORMS = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "geojson", "oas30")]
_MOST = 1000
Json = dict[str, Any]


class Wrong(Exception):
    """A parameter that the standard answers with 400."""


class Features(Service):
    """The server. ``named`` is the address that it believes to have, where a gateway stands before it."""

    def __init__(self, seed: str, count: int, bad_days: BadDays, named: str | None = None) -> None:
        super().__init__(bad_days)
        self._seed = seed
        self._count = count
        self._named = named

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        base = self._named or f"http://{asked.headers.get('host', 'localhost')}"
        parts = [part for part in asked.path.split("/") if part]
        try:
            match parts:
                case []:
                    return as_json(self._landing(base))
                case ["api"]:
                    return as_json(_api(base), kind="vnd.oai.openapi+json;version=3.0")
                case ["conformance"]:
                    return as_json({"conformsTo": _CONFORMS})
                case ["collections"]:
                    listed = [self._collection(name, base) for name in TITLES]
                    return as_json({"links": [_link("self", f"{base}/collections")], "collections": listed})
                case ["collections", name] if name in TITLES:
                    return as_json(self._collection(name, base))
                case ["collections", name, "items"] if name in TITLES:
                    return as_json(self._items(name, asked.query, base), kind="geo+json")
                case ["collections", name, "items", key] if name in TITLES:
                    found = [feature for feature in self._features[name] if feature["id"] == key]
                    if found:
                        return as_json(found[0], kind="geo+json")
        except (Wrong, ValueError) as error:
            return as_json({"code": "InvalidParameterValue", "description": str(error)}, 400)
        return as_json({"code": "NotFound", "description": "There is no such resource"}, 404)

    def stored(self, name: str) -> list[Json]:
        """The features of a collection."""
        return self._features[name]

    @cached_property
    def _features(self) -> dict[str, list[Json]]:
        return {"bus_stops": self._bus_stops(), "flood_marks": self._flood_marks()}

    def _bus_stops(self) -> list[Json]:
        rng = Random(f"{self._seed}/stops")
        units = load_ground().province
        found = []
        for number in range(1, self._count + 1):
            unit = rng.choice(units)
            properties = {
                "ten_diem": f"Điểm dừng số {number}, {unit.place}", "tuyen": rng.choice(("01", "02", "03", "05")),
                "mai_che": rng.random() < 0.6, "so_cho": rng.randint(0, 20),
            }  # fmt: skip
            found.append(_feature(f"s{number}", anywhere(rng, unit), properties))
        return found

    def _flood_marks(self) -> list[Json]:
        rng = Random(f"{self._seed}/flood")
        units = load_ground().city_today
        began = datetime(2024, 9, 9, tzinfo=UTC)
        found = []
        for number in range(1, self._count // 2 + 1):
            seen = began + timedelta(minutes=rng.randint(0, 4 * 1440))
            properties = {"muc_nuoc_cm": rng.randint(10, 320), "thoi_diem": seen.strftime("%Y-%m-%dT%H:%M:%SZ")}
            found.append(_feature(f"v{number}", anywhere(rng, rng.choice(units)), properties))
        return found

    def _landing(self, base: str) -> Json:
        links = [
            _link("self", f"{base}/"),
            _link("service-desc", f"{base}/api", "application/vnd.oai.openapi+json;version=3.0"),
            _link("conformance", f"{base}/conformance"), _link("data", f"{base}/collections"),
        ]  # fmt: skip
        return {"title": "Dữ liệu mô phỏng của một sở", "description": "Mô phỏng OGC API Features", "links": links}

    def _collection(self, name: str, base: str) -> Json:
        spots = [feature["geometry"]["coordinates"] for feature in self._features[name]]
        west, south = (min(spot[axis] for spot in spots) for axis in (0, 1))
        east, north = (max(spot[axis] for spot in spots) for axis in (0, 1))
        extent: Json = {"spatial": {"bbox": [[west, south, east, north]]}}
        if name == "flood_marks":
            extent["temporal"] = {"interval": [["2024-09-09T00:00:00Z", "2024-09-13T00:00:00Z"]]}
        own = f"{base}/collections/{name}"
        links = [_link("self", own), _link("items", f"{own}/items", "application/geo+json")]
        return {"id": name, "title": TITLES[name], "description": f"{TITLES[name]} (mô phỏng)", "itemType": "feature",
                "extent": extent, "links": links,
                "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]}  # fmt: skip

    def _items(self, name: str, query: dict[str, str], base: str) -> Json:
        unknown = set(query) - {"limit", "offset", "bbox", "datetime", "f"}
        if unknown:
            raise Wrong(f"there is no parameter {min(unknown)}")
        limit, offset = min(int(query.get("limit", "10")), _MOST), int(query.get("offset", "0"))
        if limit < 1 or offset < 0:
            raise Wrong("limit is 1 or more, offset 0 or more")
        found = [
            one
            for one in self._features[name]
            if _inside(one, query.get("bbox")) and _during(one, query.get("datetime"))
        ]
        page = found[offset : offset + limit]
        own = f"{base}/collections/{name}/items"
        links = [_link("self", f"{own}?{urlencode(query)}", "application/geo+json")]
        if offset + limit < len(found):
            following = {**query, "limit": str(limit), "offset": str(offset + limit)}
            links.append(_link("next", f"{own}?{urlencode(following)}", "application/geo+json"))
        return {"type": "FeatureCollection", "features": page, "links": links, "numberMatched": len(found),
                "numberReturned": len(page), "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}  # fmt: skip


def _feature(key: str, spot: tuple[float, float], properties: Json) -> Json:
    geometry = {"type": "Point", "coordinates": list(spot)}
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def _inside(feature: Json, said: str | None) -> bool:
    if said is None:
        return True
    west, south, east, north = (float(part) for part in said.split(","))
    lon, lat = feature["geometry"]["coordinates"]
    return bool(west <= lon <= east and south <= lat <= north)


def _during(feature: Json, said: str | None) -> bool:
    moment = feature["properties"].get("thoi_diem")
    if said is None or moment is None:
        return True
    start, slash, end = said.partition("/")
    seen = _moment(moment)
    if not slash:
        return seen == _moment(start)
    return (start in ("", "..") or seen >= _moment(start)) and (end in ("", "..") or seen <= _moment(end))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _link(rel: str, href: str, kind: str = "application/json") -> Json:
    return {"rel": rel, "href": href, "type": kind}


def _api(base: str) -> Json:
    answers = {"200": {"description": "The features"}}
    paths = {f"/collections/{name}/items": {"get": {"responses": answers}} for name in TITLES}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Features", "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
    }


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate ogc-api", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="ogc")
    parser.add_argument("--count", type=int, default=250, help="bus stops; half as many flood marks")
    parser.add_argument("--named", help="the address in its links, as behind a gateway")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    chosen = parser.parse_args(argv)
    features = Features(chosen.seed, chosen.count, BadDays(chosen.seed, chosen.busy, chosen.down), chosen.named)
    return run(features, chosen.port, "ogc api ready {url}/collections")
