# SPDX-License-Identifier: Apache-2.0
"""A GIS person over HTTP, patient with a server whose database is away; and what the database holds in one look."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2

from tests.support.stack import ROOT, wait_for

OLD_SET, NEW_SET = "city-2017", "city-2025"
ENDED = ("done", "failed", "cancelled")
_SETTLED_S = 120
CITY_2025 = ROOT / "tests/boundaries/data/synthetic_city_2025_8.geojson"


class Desk:
    """Asks until there is an answer: 503 and broken connections are waited out."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def close(self) -> None:
        """Go home."""
        self._client.close()

    def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The answer, whatever it says, once the server and its database answer."""
        deadline = time.monotonic() + _SETTLED_S
        while True:
            try:
                answer = self._client.request(method, path, **arguments)
                if answer.status_code != 503:
                    return answer
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{method} {path} was not answered"
            time.sleep(0.1)

    def json(self, method: str, path: str, **arguments: Any) -> Any:
        """The answer of a request that must succeed."""
        answer = self.ask(method, path, **arguments)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def upload(self) -> int:
        """The eight units of 2025 as a draft after the 32 of 2017; answers its id."""
        content = CITY_2025.read_bytes()
        asked = {
            "name": "phuong-2025.geojson", "base": OLD_SET, "set": NEW_SET, "valid_from": "2025-07-01",
            "title_vi": "8 phường", "title_en": "8 wards",
        }  # fmt: skip
        draft: int = self.json("POST", "/boundaries/uploads", params=asked, content=content)["id"]
        return draft

    def settled(self, draft: int) -> dict[str, Any]:
        """The draft, once its latest job has ended."""

        def ended() -> Any:
            found = self.json("GET", f"/boundaries/drafts/{draft}")
            return found if found["job"] and found["job"]["state"] in ENDED else None

        found: dict[str, Any] = wait_for(ended, "the job ended", timeout_s=_SETTLED_S)
        return found

    def job(self, job: int) -> dict[str, Any]:
        """A job, once it has ended."""

        def ended() -> Any:
            found = self.json("GET", f"/boundaries/jobs/{job}")
            return found if found["state"] in ENDED else None

        found: dict[str, Any] = wait_for(ended, "the job ended", timeout_s=_SETTLED_S)
        return found

    def change(self, draft: int, **values: Any) -> dict[str, Any]:
        """Change a draft at its present revision."""
        revision = self.json("GET", f"/boundaries/drafts/{draft}")["revision"]
        found: dict[str, Any] = self.json(
            "PATCH", f"/boundaries/drafts/{draft}", json=values, headers={"If-Match": f'"{revision}"'}
        )
        return found


@dataclass(frozen=True)
class Standing:
    """What is published, and whether everything else agrees with it: one snapshot of the database."""

    published: tuple[str, ...]
    valid: tuple[tuple[str, str, str], ...]
    homeless: int
    misplaced: int
    of_others: int
    half_drafts: int

    @property
    def whole(self) -> bool:
        """No feature without its unit, none in a wrong one, none in a version that is not published."""
        return self.homeless == self.misplaced == self.of_others == self.half_drafts == 0


_STANDING = """
with live as (
    select v.id, v.unit_set from unit_set_version v where v.status = 'published'
), expected as (
    select f.layer, f.id, live.id as version, min(u.id) as unit
    from feature f join live on true join unit u on u.version = live.id and ST_Covers(u.geom, f.geom)
    where GeometryType(f.geom) = 'POINT' group by f.layer, f.id, live.id
)
select
    (select array_agg(unit_set order by unit_set) from live),
    (select array_agg(array[id, valid_from::text, coalesce(valid_to::text, '')] order by id)
     from unit_set where id in (select unit_set from live)),
    (select count(*) from expected e where not exists (
        select from feature_unit fu where fu.layer = e.layer and fu.feature = e.id and fu.version = e.version)),
    (select count(*) from expected e join feature_unit fu on fu.layer = e.layer and fu.feature = e.id
     and fu.version = e.version where fu.unit <> e.unit),
    (select count(*) from feature_unit fu where fu.version not in (select id from live)),
    (select count(*) from boundary_draft d left join unit_set_version v on v.id = d.version
     where (d.state = 'published') is distinct from coalesce(v.status = 'published', false))
"""


def standing(url: str) -> Standing:
    """Read it in one statement, so in one snapshot."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_STANDING)
            row = cursor.fetchone()
            assert row is not None
            published, valid, *counts = row
            return Standing(tuple(published), tuple(tuple(one) for one in valid), *counts)
    finally:
        connection.close()


def codes_in(path: Path) -> set[str]:
    """The codes that a file of units holds."""
    return {feature["properties"]["code"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]}
