# SPDX-License-Identifier: Apache-2.0
"""An open-data portal that speaks CKAN's action API (3), with a datastore, a CSV file and a GeoJSON file.

GET /api/3/action/package_search?q=&rows=&start=   package_list, package_show?id=, resource_show?id=
GET /api/3/action/datastore_search?resource_id=&limit=&offset=
GET /dataset/{package}/resource/{id}/download/{file}   with ETag; If-None-Match is answered with 304
"""

import argparse
import csv
import hashlib
import io
import json
from functools import cached_property
from random import Random
from typing import Any

from simulators.boundaries import load_ground
from simulators.places_in_unit import anywhere
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8092
HYDRANTS, HYDRANTS_CSV, WIFI = (
    "0d8c1a52-5f6e-4c3a-9d4e-8a3c0f6b1e11",
    "7b1f6f9e-22ce-4a61-8d9b-3f0c7d2a5e22",
    "c2a4e8d0-93b7-4f15-a6c8-1e5d9b7f3c33",
)
_DATASTORE_LIMIT = 32_000
Json = dict[str, Any]


class Portal(Service):
    """The portal; ``edition`` counts how often its files were published anew."""

    def __init__(self, seed: str, count: int, bad_days: BadDays) -> None:
        super().__init__(bad_days)
        self._seed = seed
        self._count = count
        self.edition = 1

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        base = f"http://{asked.headers.get('host', 'localhost')}"
        version, action, name = asked.path.rpartition("/action/")
        if action and version in ("/api", "/api/3"):
            actions = {
                "package_list": self._package_list,
                "package_search": self._package_search,
                "package_show": self._package_show,
                "resource_show": self._resource_show,
                "datastore_search": self._datastore_search,
                "site_read": lambda *_: True,
            }
            if name not in actions:
                return _problem(400, "Bad request - Action name not known", "Not Found Error")
            try:
                query = {**asked.query, **_posted(asked)}
                return as_json({"help": f"{base}/api/3/action/help_show?name={name}", "success": True,
                                "result": actions[name](query, base)})  # fmt: skip
            except LookupError:
                return _problem(404, "Not found", "Not Found Error")
            except ValueError as error:
                return _problem(409, str(error), "Validation Error")
        return self._download(asked)

    @cached_property
    def hydrants(self) -> list[Json]:
        """Rows of the datastore."""
        rng = Random(f"{self._seed}/hydrants")
        units = load_ground().province
        rows = []
        for number in range(1, self._count + 1):
            unit = rng.choice(units)
            lon, lat = anywhere(rng, unit)
            rows.append(
                {
                    "_id": number, "ma_tru": f"TN-{number:04}", "ten": f"Trụ nước chữa cháy số {number}",
                    "tinh_trang": rng.choice(("Tốt", "Tốt", "Tốt", "Hỏng", "Đang sửa")),
                    "ap_luc_bar": f"{rng.uniform(1.5, 6):.1f}".replace(".", ","), "xa_phuong": unit.full_name,
                    "kinh_do": lon, "vi_do": lat,
                    "ngay_kiem_tra": f"{rng.randint(1, 28):02}/{rng.randint(1, 10):02}/2026",
                }
            )  # fmt: skip
        return rows

    @cached_property
    def wifi(self) -> list[Json]:
        """Features of the GeoJSON file."""
        rng = Random(f"{self._seed}/wifi")
        units = load_ground().province
        found = []
        for number in range(1, self._count // 2 + 1):
            unit = rng.choice(units)
            properties = {"ten": f"Wi-Fi công cộng số {number}", "bang_thong_mbps": rng.choice((50, 100, 200))}
            geometry = {"type": "Point", "coordinates": list(anywhere(rng, unit))}
            found.append({"type": "Feature", "id": f"wifi.{number}", "properties": properties, "geometry": geometry})
        return found

    def _packages(self, base: str) -> list[Json]:
        def resource(key: str, package: str, file: str, kind: str, *, stored: bool) -> Json:
            url = f"{base}/dataset/{package}/resource/{key}/download/{file}"
            return {
                "id": key,
                "package_id": package,
                "name": file,
                "format": kind,
                "url": url,
                "datastore_active": stored,
            }

        return [
            {
                "id": "11111111-0000-4000-8000-000000000001", "name": "tru-nuoc", "title": "Trụ nước chữa cháy",
                "notes": "Dữ liệu mô phỏng", "license_id": "cc-zero", "state": "active",
                "resources": [
                    resource(HYDRANTS, "tru-nuoc", "tru-nuoc.json", "JSON", stored=True),
                    resource(HYDRANTS_CSV, "tru-nuoc", "tru-nuoc.csv", "CSV", stored=False),
                ],
            },
            {
                "id": "11111111-0000-4000-8000-000000000002", "name": "wifi-cong-cong", "title": "Wi-Fi công cộng",
                "notes": "Dữ liệu mô phỏng", "license_id": "cc-zero", "state": "active",
                "resources": [resource(WIFI, "wifi-cong-cong", "wifi.geojson", "GeoJSON", stored=False)],
            },
        ]  # fmt: skip

    def _package_list(self, query: dict[str, str], base: str) -> Any:
        return [package["name"] for package in self._packages(base)]

    def _package_search(self, query: dict[str, str], base: str) -> Any:
        words = query.get("q", "").lower().replace("*:*", "").split()
        found = [one for one in self._packages(base) if all(word in json.dumps(one).lower() for word in words)]
        start, rows = int(query.get("start", 0)), int(query.get("rows", 10))
        return {"count": len(found), "sort": "score desc", "results": found[start : start + rows], "facets": {}}

    def _package_show(self, query: dict[str, str], base: str) -> Any:
        packages = {key: one for one in self._packages(base) for key in (one["id"], one["name"])}
        return packages[query["id"]]

    def _resource_show(self, query: dict[str, str], base: str) -> Any:
        resources = {one["id"]: one for package in self._packages(base) for one in package["resources"]}
        return resources[query["id"]]

    def _datastore_search(self, query: dict[str, str], base: str) -> Any:
        if query.get("resource_id") != HYDRANTS:
            raise LookupError(query.get("resource_id"))
        limit, offset = min(int(query.get("limit", 100)), _DATASTORE_LIMIT), int(query.get("offset", 0))
        if limit < 0 or offset < 0:
            raise ValueError("limit and offset are not negative")
        kinds = {int: "int4", float: "float8", str: "text"}
        fields = [{"id": name, "type": kinds[type(value)]} for name, value in self.hydrants[0].items()]
        link = f"/api/3/action/datastore_search?resource_id={HYDRANTS}&limit={limit}&offset="
        return {
            "include_total": True, "resource_id": HYDRANTS, "fields": fields, "limit": limit, "offset": offset,
            "records": self.hydrants[offset : offset + limit], "total": len(self.hydrants), "records_format": "objects",
            "_links": {"start": f"{link}0", "next": f"{link}{offset + limit}"},
        }  # fmt: skip

    def _download(self, asked: Asked) -> Reply:
        file = asked.path.rpartition("/")[2]
        if file == "tru-nuoc.csv":
            out = io.StringIO()
            writer = csv.DictWriter(
                out, [name for name in self.hydrants[0] if name != "_id"], delimiter=";", extrasaction="ignore"
            )
            writer.writeheader()
            writer.writerows(self.hydrants)
            body, kind = ("\ufeff" + out.getvalue()).encode(), "text/csv"
        elif file == "wifi.geojson":
            body = json.dumps({"type": "FeatureCollection", "features": self.wifi}, ensure_ascii=False).encode()
            kind = "application/geo+json"
        else:
            return _problem(404, "Not found", "Not Found Error")
        etag = f'"{hashlib.sha256(body + str(self.edition).encode()).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(304, b"", kind, {"ETag": etag})
        return Reply(200, body, kind, {"ETag": etag, "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"})


def _posted(asked: Asked) -> dict[str, str]:
    """Clients of CKAN may send the parameters as JSON."""
    if asked.method != "POST" or not asked.body:
        return {}
    said = json.loads(asked.body)
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def _problem(status: int, message: str, kind: str) -> Reply:
    return as_json({"help": "", "success": False, "error": {"message": message, "__type": kind}}, status)


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate ckan-portal", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="ckan")
    parser.add_argument("--count", type=int, default=400, help="hydrants; half as many Wi-Fi points")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    chosen = parser.parse_args(argv)
    portal = Portal(chosen.seed, chosen.count, BadDays(chosen.seed, chosen.busy, chosen.down))
    return run(portal, chosen.port, "ckan ready {url}/api/3/action/package_search")
