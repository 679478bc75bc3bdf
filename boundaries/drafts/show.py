# SPDX-License-Identifier: Apache-2.0
"""Drafts as the API shows them, with what the person who asks may do now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boundaries.checks.repairs import REPAIRS
from boundaries.drafts import sql
from boundaries.drafts.change import no_draft
from boundaries.drafts.repair_titles import TITLES
from boundaries.drafts.values import CHANGEABLE
from boundaries.jobs import job_json
from boundaries.legal_json import legal_json
from geo.db.pool import Database

_ANSWERS: Mapping[str, Any] = {"sheet": None, "crs": None, "swap_axes": False, "encoding": None, "fields": {}}
_JOB_COLUMNS = (
    "id", "kind", "state", "step", "share", "revision", "attempts", "problem", "created_by", "created_at", "started_at",
    "finished_at",
)  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Who looks, and whether a second person must approve before something is published."""

    name: str
    approval_required: bool


async def draft_json(database: Database, draft_id: int, viewer: Viewer) -> dict[str, Any]:
    """One draft with everything about it.

    Raises:
        NotFound: there is none.
    """
    row = await database.fetchrow(sql.SHOW_DRAFT, draft=draft_id)
    if row is None:
        raise no_draft()
    proposed, applied = set(row["proposed"] or ()), set(row["repairs"])
    return {
        **_common(row, viewer),
        "answers": {**_ANSWERS, **{name: row["answers"][name] for name in _ANSWERS if name in row["answers"]}},
        "remembered": bool(row["answers"].get("remembered")),
        "sheets": row["sheets"],
        "questions": row["questions"],
        "fields": _fields(row),
        "mapping": (row["summary"] or {}).get("mapping"),
        "effects": row["effects"],
        "available_repairs": [
            {"id": one, "title": _titles(*TITLES[one]), "proposed": one in proposed, "applied": one in applied}
            for one in REPAIRS
            if one in proposed | applied
        ],
        "consequences": row["consequences"],
    }


async def drafts_json(database: Database, state: str | None, viewer: Viewer) -> list[dict[str, Any]]:
    """Drafts in short, the newest first."""
    return [_common(row, viewer) for row in await database.fetch(sql.SHOW_DRAFTS, state=state)]


async def job_or_none(database: Database, job: int) -> dict[str, Any] | None:
    """A job as the API shows it."""
    return job_json(await database.fetchrow(sql.SELECT_JOB, job=job))


def _common(row: Any, viewer: Viewer) -> dict[str, Any]:
    summary, bbox = _summary(row)
    return {
        "id": row["id"],
        "state": row["state"],
        "revision": row["revision"],
        "checked_revision": row["checked_revision"],
        "title": row["title"],
        "producer": row["producer"],
        "file": _file(row["file"], row["file_name"], row["size_bytes"], row["sha256"]),
        "base": _base(row),
        "target": _target(row),
        "scope": row["scope"],
        "repairs": row["repairs"],
        "unagreed": row["unagreed"],
        "legal": legal_json(row, _legal_file(row)),
        "job": None if row["job_id"] is None else job_json({name: row[f"job_{name}"] for name in _JOB_COLUMNS}),
        "summary": summary,
        "version": row["version"],
        "bbox": bbox,
        "approval": {
            "required": viewer.approval_required,
            "asked_by": row["asked_by"],
            "asked_at": _moment(row["asked_at"]),
            "approved_by": row["approved_by"],
            "approved_at": _moment(row["approved_at"]),
        },
        "may": allowed(row, viewer),
        "created_by": row["created_by"],
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
        "publication": row["publication"],
    }


def _summary(row: Any) -> tuple[dict[str, Any] | None, list[float] | None]:
    """What blocks is counted now: a waiver needs no new check."""
    if row["summary"] is None:
        return None, None
    summary = {**row["summary"], "blocking": row["blocking"]}
    summary.pop("mapping", None)
    return summary, summary.pop("bbox", None)


def _base(row: Any) -> dict[str, Any] | None:
    if row["base_set"] is None:
        return None
    checked = row["base_version"] is not None
    return {
        "set": row["base_set"],
        "version": row["base_version"] if checked else row["current_version"],
        "number": row["base_number"] if checked else row["current_number"],
        "title": _titles(row["base_title_vi"], row["base_title_en"]),
        "moved": checked and _moved(row),
    }


def _target(row: Any) -> dict[str, Any]:
    return {
        "set": row["unit_set"],
        "title": _titles(row["title_vi"], row["title_en"]),
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"] and row["valid_to"].isoformat(),
        "approximate": row["approximate"],
        "attribution": _titles(row["attribution_vi"], row["attribution_en"]) if row["attribution_vi"] else None,
        "licence": row["licence"],
    }


def _legal_file(row: Any) -> dict[str, Any] | None:
    if row["legal_file"] is None:
        return None
    return {"id": row["legal_file"], "name": row["legal_file_name"], "size_bytes": row["legal_file_size"]}


def _fields(row: Any) -> list[str]:
    """Columns that a role can be given to: as they are asked about, else those of the sheet that is read."""
    asked = [one for one in row["questions"] if one["kind"] == "fields"]
    if asked:
        return [choice["value"] for choice in asked[0]["choices"]]
    sheets = row["sheets"]
    chosen = [one for one in sheets if one["id"] == row["answers"].get("sheet")] or sheets[:1]
    return list(chosen[0]["fields"]) if chosen else []


def allowed(row: Any, viewer: Viewer) -> list[str]:
    """What this person may do with a draft now."""
    changeable = row["state"] in CHANGEABLE
    decided = row["checked_revision"] == row["revision"] and row["version"] is not None
    settled = row["state"] in ("checked", "awaiting_approval")
    has_law = row["unit_set"] == row["base_set"] or row["base_set"] is None or row["legal_document"] is not None
    ready = settled and decided and not row["blocking"] and has_law and not _moved(row)
    approved = row["approved_by"] is not None or not viewer.approval_required
    rights = {
        "change": changeable,
        "repair": changeable and row["state"] == "checked",
        "ask_approval": ready and viewer.approval_required and row["asked_by"] is None,
        "approve": ready and row["asked_by"] not in (None, viewer.name) and row["approved_by"] is None,
        "publish": ready and approved,
        "withdraw": changeable,
        "cancel": row["job_state"] in ("queued", "running"),
    }
    return [name for name, may in rights.items() if may]


def _moved(row: Any) -> bool:
    """Something else was published since the check: a newer base, or the very set that the draft was to become."""
    is_new = row["unit_set"] != row["base_set"]
    return bool(row["current_version"] != row["base_version"] or (is_new and row["target_published"]))


def _file(file: int, name: str, size_bytes: int, sha256: str) -> dict[str, Any]:
    return {"id": file, "name": name, "size_bytes": size_bytes, "sha256": sha256}


def _titles(vi: str | None, en: str | None) -> dict[str, str | None]:
    return {"vi": vi, "en": en}


def _moment(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
