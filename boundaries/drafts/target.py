# SPDX-License-Identifier: Apache-2.0
"""Which set a draft is compared with, and which one it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from boundaries.drafts import fields, sql
from boundaries.drafts.values import Target
from boundaries.errors import UnitNotFound
from geo.db.pool import Connection

_MEMBERS = frozenset({"set", "title", "valid_from", "valid_to", "approximate", "attribution", "licence"})


@dataclass(frozen=True)
class Wanted:
    """What an upload says about its sets."""

    base: str | None
    unit_set: str | None = None
    valid_from: str | None = None
    title_vi: str | None = None
    title_en: str | None = None


async def first_target(connection: Connection, wanted: Wanted) -> Target:
    """What a new draft becomes: by default, better lines of its base set.

    Raises:
        BadBody: the base is missing, or something about a new set is.
        UnitNotFound: the base is not published.
    """
    base = None
    if wanted.base is not None:
        base = await published_target(connection, fields.set_id(wanted.base, "base"))
        if base is None:
            raise UnitNotFound(
                "The base is not a published set. /boundaries/sets lists them.",
                code="unit_set_not_found",
                detail_vi="Bộ địa giới để so sánh chưa được công bố.",
            )
    elif await connection.fetchval(sql.ANY_SET.sql, *sql.ANY_SET.args()):
        raise fields.refused(
            "base_missing",
            "Say which published set it is compared with (base).",
            "Hãy chọn bộ địa giới đang công bố để so sánh.",
        )
    if wanted.unit_set is None:
        if base is None:
            raise fields.refused(
                "unit_set_missing",
                "Nothing is published yet: name the first set (set, valid_from, title_vi).",
                "Chưa có bộ địa giới nào: hãy đặt mã, tên và ngày hiệu lực cho bộ đầu tiên.",
            )
        return base
    title = {"vi": wanted.title_vi, "en": wanted.title_en} if wanted.title_vi or wanted.title_en else None
    said = {"set": wanted.unit_set, "title": title, "valid_from": wanted.valid_from}
    return await changed_target(connection, base, {k: v for k, v in said.items() if v is not None}, wanted.base)


async def published_target(connection: Connection, unit_set: str) -> Target | None:
    """A published set as a target; None when there is none of that id."""
    row = await connection.fetchrow(sql.SELECT_SET.sql, *sql.SELECT_SET.args(unit_set=unit_set))
    if row is None:
        return None
    return Target(
        row["id"], row["title_vi"], row["title_en"], row["valid_from"], row["valid_to"], row["approximate"],
        row["attribution_vi"], row["attribution_en"], row["licence"],
    )  # fmt: skip


async def changed_target(
    connection: Connection, before: Target | None, said: Mapping[str, Any], base_set: str | None
) -> Target:
    """A target after a change; back to the base set it begins with what is published of it.

    Raises:
        BadBody: a member is wrong, a new set lacks its title or its first day, or is published already.
    """
    if unknown := said.keys() - _MEMBERS:
        raise fields.refused("member_unknown", "'target' has a member that it cannot have.",
                             "“target” có thành phần không được phép.", members=sorted(unknown))  # fmt: skip
    unit_set = fields.set_id(said["set"], "set") if "set" in said or before is None else before.unit_set
    start = before
    if before is None or unit_set != before.unit_set:
        start = await published_target(connection, unit_set)
        if start is not None and unit_set != base_set:
            raise fields.refused(
                "target_published",
                "That set is published already: better lines of it are compared with it (base).",
                "Bộ địa giới này đã được công bố: muốn vẽ lại nó thì phải so sánh với chính nó.",
            )
    changes = _changes(said)
    if start is None:
        missing = [name for name in ("valid_from", "title") if said.get(name) is None]
        if missing:
            raise fields.refused(
                "unit_set_incomplete",
                f"A new set needs its first day and its title; missing: {', '.join(missing)}.",
                "Bộ địa giới mới cần có tên và ngày hiệu lực.",
                missing=missing,
            )
        start = Target(unit_set, "", "", changes["valid_from"])
    target = replace(start, unit_set=unit_set, **changes)
    await _check_days(connection, target, base_set)
    return target


def _changes(said: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if said.get("title") is not None:
        titles = said["title"] if isinstance(said["title"], dict) else {"vi": said["title"]}
        changes["title_vi"] = fields.text(titles.get("vi"), "title.vi")
        changes["title_en"] = fields.optional_text(titles.get("en"), "title.en") or changes["title_vi"]
    if said.get("valid_from") is not None:
        changes["valid_from"] = fields.day(said["valid_from"], "valid_from")
    if "valid_to" in said:
        changes["valid_to"] = fields.optional_day(said["valid_to"], "valid_to")
    if "approximate" in said:
        changes["approximate"] = said["approximate"] is True
    if "attribution" in said:
        credit = said["attribution"] if isinstance(said["attribution"], dict) else {"vi": said["attribution"]}
        changes["attribution_vi"] = fields.optional_text(credit.get("vi"), "attribution.vi", 500)
        changes["attribution_en"] = (
            fields.optional_text(credit.get("en"), "attribution.en", 500) or changes["attribution_vi"]
        )
    if "licence" in said:
        changes["licence"] = fields.optional_text(said["licence"], "licence", 500)
    return changes


async def _check_days(connection: Connection, target: Target, base_set: str | None) -> None:
    """A set ends after it began, and one that follows another begins after it."""
    if target.valid_to is not None and target.valid_to <= target.valid_from:
        raise fields.refused(
            "valid_to_too_early", "A set ends after its first day.", "Ngày hết hiệu lực phải sau ngày hiệu lực."
        )
    if base_set is None or base_set == target.unit_set:
        return
    base = await published_target(connection, base_set)
    if base is not None and target.valid_from <= base.valid_from:
        raise fields.refused(
            "valid_from_too_early",
            f"The new set must begin after {base.valid_from}, when the set that it follows began.",
            f"Bộ địa giới mới phải có hiệu lực sau ngày {base.valid_from:%d/%m/%Y} của bộ mà nó thay thế.",
        )
