# SPDX-License-Identifier: Apache-2.0
"""Whether a draft can be published now: asked when somebody wants to, and again when it is done."""

from typing import Any

from boundaries.publications import sql
from geo.db.pool import Connection
from geo.errors import Conflict, NotFound

_SETTLED = ("checked", "awaiting_approval", "publishing")


async def draft_row(connection: Connection, draft: int) -> Any:
    """A draft with all that decides, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    row = await connection.fetchrow(sql.SELECT_DRAFT.sql, *sql.SELECT_DRAFT.args(draft=draft))
    if row is None:
        raise NotFound("There is no such draft.", code="draft_not_found", detail_vi="Không có dự thảo này.")
    return row


def require_ready(row: Any, *, approval: bool) -> None:
    """Whether nothing stands against publishing.

    Raises:
        Conflict: what does, by its code.
    """
    require_checked(row)
    if approval and row["approved_by"] in (None, row["asked_by"]):
        raise Conflict(
            "A second person must approve first.",
            code="approval_required",
            detail_vi="Cần người thứ hai duyệt trước khi công bố.",
        )


def require_checked(row: Any) -> None:
    """Whether the draft could be published once it is approved.

    Raises:
        Conflict: what stands against it, by its code.
    """
    _require_result(row)
    _require_base(row)
    if row["blocking"]:
        raise Conflict(
            "There are findings that block; repair them or waive them with a reason.",
            code="draft_has_blocking",
            blocking=row["blocking"],
            detail_vi="Còn lỗi chặn việc công bố; hãy sửa hoặc chấp nhận có nêu lý do.",
        )
    if row["base_set"] not in (None, row["unit_set"]) and row["legal_document"] is None:
        raise Conflict(
            "The law changes: name the resolution or decision first.",
            code="legal_document_required",
            detail_vi="Việc này thay đổi địa giới theo pháp luật: hãy nhập nghị quyết hoặc quyết định trước.",
        )


def _require_result(row: Any) -> None:
    is_checked = row["state"] in _SETTLED and row["checked_revision"] == row["revision"]
    if not is_checked or row["version_status"] != "draft":
        raise Conflict(
            "The draft is not checked as it is now.",
            code="draft_not_checked",
            state=row["state"],
            detail_vi="Dự thảo chưa được kiểm tra ở trạng thái hiện tại.",
        )


def _require_base(row: Any) -> None:
    """What the draft was compared with is what is published, and nothing else became the target meanwhile."""
    if row["base_set"] != row["unit_set"] and row["target_now"] is not None:
        raise Conflict(
            "The set that this draft would become was published meanwhile: better lines of it are compared with it.",
            code="target_published",
            unit_set=row["unit_set"],
            detail_vi="Bộ địa giới mà dự thảo này tạo ra đã được công bố: hãy tải tệp lên lại và so sánh với chính bộ "
            "đó, hoặc đổi mã bộ địa giới.",
        )
    if row["base_now"] != row["base_version"]:
        raise Conflict(
            "Something else was published since the draft was checked. Check it again.",
            code="base_moved",
            detail_vi="Đã có bản khác được công bố sau khi kiểm tra. Hãy kiểm tra lại dự thảo.",
        )
