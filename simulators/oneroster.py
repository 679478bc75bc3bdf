# SPDX-License-Identifier: Apache-2.0
"""An education database that speaks OneRoster 1.2: its rostering service to be polled, or a ZIP of CSV files.

    POST /token   (OAuth2 client credentials)
    GET /ims/oneroster/rostering/v1p2/orgs?limit=&offset=&filter=dateLastModified>'…'   /users (people)

--zip DIR writes the package with orgs.csv, and users.csv beside it, which must not come in.
"""

import argparse
import csv
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs

from simulators.boundaries import load_ground
from simulators.moments import midnight, today
from simulators.schools import drop
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8467
ROOT = "/ims/oneroster/rostering/v1p2"
CLIENT, SECRET, TOKEN = "ioc-thainguyen", "mo-phong", "ve-vao-cua-mo-phong"
NOBODY = "HỌC SINH GIẢ"
Json = dict[str, Any]
_LEVELS = (("MN", "Trường mầm non"), ("TH", "Trường tiểu học"), ("THCS", "Trường THCS"))


def orgs(seed: str) -> list[Json]:
    """A department, and three schools in every commune; now and then one that is closed. The codes are those of the
    templates of ``simulate schools``: OneRoster has no coordinates, so a register has to know them.
    """
    rng, changed = Random(f"{seed}/orgs"), midnight(today()).astimezone(UTC) - timedelta(days=90)
    found = [_org(changed, "so-gddt", "Sở Giáo dục và Đào tạo", "district", "19")]
    for number, unit in enumerate(load_ground().province, 1):
        for short, words in _LEVELS:
            code = f"19{number:03}-{short}"
            school = _org(
                changed + timedelta(minutes=number), f"org-{code}", f"{words} {unit.name} (mô phỏng)", "school", code
            )
            metadata = {"x_pupils": rng.randint(90, 1400), "x_grade": short, "address": unit.full_name}
            school |= {"parent": {"sourcedId": "so-gddt", "type": "org"}, "metadata": metadata}
            if rng.random() < 0.01:
                school["status"] = "tobedeleted"
            found.append(school)
    return found


class Roster(Service):
    """The service."""

    def __init__(self, seed: str, bad_days: BadDays) -> None:
        super().__init__(bad_days)
        self.orgs = orgs(seed)

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        if asked.path == "/token":
            form = parse_qs(asked.body.decode("utf-8", "replace"))
            known = form.get("grant_type") == ["client_credentials"]
            return as_json(
                {"access_token": TOKEN, "token_type": "bearer", "expires_in": 600} if known else {},
                200 if known else 400,
            )
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return as_json({"imsx_codeMajor": "failure", "imsx_description": "unauthorisedrequest"}, 401)
        if asked.path == f"{ROOT}/users":
            return as_json({"users": [{"sourcedId": "u1", "givenName": NOBODY, "familyName": "0001"}]})
        if asked.path != f"{ROOT}/orgs":
            return as_json({"imsx_codeMajor": "failure", "imsx_description": "unknownobject"}, 404)
        limit, offset = int(asked.query.get("limit", "100")), int(asked.query.get("offset", "0"))
        since = asked.query.get("filter", "").partition(">")[2].strip("'= ")
        found = [one for one in self.orgs if one["dateLastModified"] > since]
        return as_json({"orgs": found[offset : offset + limit]}, headers={"X-Total-Count": str(len(found))})


def package(listed: list[Json]) -> bytes:
    """The ZIP of the CSV binding, with people beside the organisations."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", "1.2"),
                    ("file.orgs", "bulk"), ("file.users", "bulk")]  # fmt: skip
        archive.writestr("manifest.csv", _csv([list(row) for row in manifest]))
        header = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId",
                  "metadata.x_pupils", "metadata.x_grade", "metadata.address"]  # fmt: skip
        rows = [[one["sourcedId"], one["status"], one["dateLastModified"], one["name"], one["type"], one["identifier"],
                 one.get("parent", {}).get("sourcedId", ""), *_extras(one)] for one in listed]  # fmt: skip
        archive.writestr("orgs.csv", _csv([header, *rows]))
        archive.writestr("users.csv", _csv([["sourcedId", "givenName", "familyName"], ["u1", NOBODY, "0001"]]))
    return content.getvalue()


def _extras(org: Json) -> list[str]:
    metadata = org.get("metadata", {})
    return [str(metadata.get(name, "")) for name in ("x_pupils", "x_grade", "address")]


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _org(changed: datetime, name: str, title: str, kind: str, code: str) -> Json:
    return {
        "sourcedId": name, "status": "active", "dateLastModified": changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "name": title, "type": kind, "identifier": code, "children": [],
    }  # fmt: skip


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate oneroster", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="roster")
    parser.add_argument("--zip", type=Path, metavar="DIR", help="write the package into a folder instead")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    chosen = parser.parse_args(argv)
    roster = Roster(chosen.seed, BadDays(chosen.seed, chosen.busy, chosen.down))
    if chosen.zip is not None:
        made = drop(chosen.zip, f"oneroster-{today()}.zip", package(roster.orgs))
        print(json.dumps({"file": str(made), "orgs": len(roster.orgs)}), flush=True)
        return 0
    return run(roster, chosen.port, "oneroster ready {url}" + ROOT + "/orgs")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
