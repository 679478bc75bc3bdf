# SPDX-License-Identifier: Apache-2.0
"""A version from the database."""

from datetime import UTC

from boundaries.errors import VersionNotFound
from boundaries.export import sql
from boundaries.export.values import Export, UnitRecord, VersionFacts
from geo.db.pool import Database


async def find_version(database: Database, version: int, *, sees_drafts: bool) -> VersionFacts:
    """What a version is.

    Raises:
        VersionNotFound: there is none, or it is a draft's and the reader sees none.
    """
    row = await database.fetchrow(sql.SELECT_VERSION, version=version) if 0 < version < 2**63 else None
    if row is None or (row["status"] == "draft" and not sees_drafts):
        raise VersionNotFound(
            "There is no such version. /boundaries/sets lists the sets with their versions.",
            detail_vi="Không có phiên bản này.",
        )
    facts = dict(row)
    del facts["status"]
    published = facts["published_at"]
    return VersionFacts(**facts | {"published_at": published and published.astimezone(UTC)})


async def load_units(database: Database, version: VersionFacts) -> Export:
    """The version with its units, by code.

    Raises:
        VersionNotFound: it has none: a draft whose check made another version meanwhile.
    """
    rows = await database.fetch(sql.SELECT_UNITS, version=version.id)
    if not rows:
        raise VersionNotFound("There is no such version any more.", detail_vi="Phiên bản này không còn nữa.")
    return Export(version, tuple(UnitRecord(**{**row, "predecessors": row["predecessors"] or []}) for row in rows))
