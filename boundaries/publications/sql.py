# SPDX-License-Identifier: Apache-2.0
"""Statements of publications. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Text, and_, bindparam, func, insert, null, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from boundaries.draft_tables import boundary_draft, boundary_job, draft_finding, draft_waiver, legal_document
from boundaries.publications.tables import publication
from boundaries.tables import unit_set, unit_set_version
from geo.db.functions import text_literal
from geo.db.statement import Statement

_d, _p, _v = boundary_draft.c, publication.c, unit_set_version.c
_DRAFT = bindparam("draft", type_=BigInteger)
_PUBLICATION = bindparam("publication", type_=BigInteger)


def _blocking() -> Any:
    waived = select(draft_waiver.c.draft).where(
        draft_waiver.c.draft == draft_finding.c.draft, draft_waiver.c.fingerprint == draft_finding.c.fingerprint
    )
    severe = draft_finding.c.severity.in_([text_literal(one) for one in ("error", "reject", "question")])
    return select(func.count()).where(draft_finding.c.draft == _d.id, severe, ~waived.exists()).scalar_subquery()


def _published_of(unit_set_column: Any, name: str) -> Any:
    now = unit_set_version.alias(f"now_{name}")
    return (
        select(now.c.id)
        .where(now.c.unit_set == unit_set_column, now.c.status == text_literal("published"))
        .scalar_subquery()
        .label(name)
    )


# A draft with all that decides whether it can be published.
SELECT_DRAFT = Statement(
    select(
        boundary_draft,
        _v.status.label("version_status"),
        _blocking().label("blocking"),
        _published_of(_d.base_set, "base_now"),
        _published_of(_d.unit_set, "target_now"),
    )
    .outerjoin(unit_set_version, _v.id == _d.version)
    .where(_d.id == _DRAFT)
    .with_for_update(of=boundary_draft)
)

STATE_OF = Statement(select(func.publication_state(bindparam("sets", type_=ARRAY(Text)), type_=JSONB)))
RESTORE = Statement(
    select(
        func.restore_publication_state(
            bindparam("state", type_=JSONB), bindparam("withdrawn", type_=BigInteger), type_=Text
        ).is_(None)
    )
)
COPY_VERSION = Statement(select(func.copy_unit_version(bindparam("version", type_=BigInteger), type_=BigInteger)))

CLOSE_SET = Statement(
    update(unit_set)
    .values(valid_to=bindparam("ends_on", type_=Date))
    .where(unit_set.c.id == bindparam("of_set", type_=Text))
)
BEGIN_OF_SET = Statement(select(unit_set.c.valid_from).where(unit_set.c.id == bindparam("of_set", type_=Text)))

NUMBER_OF_NEXT = Statement(
    select(func.coalesce(func.max(_v.number), 0) + 1).where(_v.unit_set == bindparam("of_set", type_=Text))
)
GIVE_NUMBER = Statement(
    update(unit_set_version)
    .values(status="published", number=bindparam("new_number", type_=Integer), published_at=func.clock_timestamp())
    .where(_v.id == bindparam("version", type_=BigInteger), _v.status == text_literal("draft"))
    .returning(_v.id)
)

_RECORDED = {
    "kind": Text, "by": Text, "approved_by": Text, "draft": BigInteger, "reverts": BigInteger, "unit_set": Text,
    "version": BigInteger, "number": Integer, "effective_from": Date, "legal_document": BigInteger, "reason": Text,
    "before": JSONB, "after": JSONB, "consequences": JSONB,
}  # fmt: skip
RECORD = Statement(
    insert(publication).values({name: bindparam(name, type_=kind) for name, kind in _RECORDED.items()}).returning(_p.id)
)
RECORDED = tuple(_RECORDED)

SET_DRAFT_STATE = Statement(
    update(boundary_draft)
    .values(state=bindparam("new_state", type_=Text), updated_at=func.clock_timestamp())
    .where(_d.id == _DRAFT)
)
REOPEN_DRAFT = Statement(
    update(boundary_draft)
    .values(
        state="checked",
        version=bindparam("new_version", type_=BigInteger),
        updated_at=func.clock_timestamp(),
        asked_by=null(),
        asked_at=null(),
        approved_by=null(),
        approved_at=null(),
    )
    .where(_d.id == _DRAFT)
)
ASK_APPROVAL = Statement(
    update(boundary_draft)
    .values(
        state="awaiting_approval",
        asked_by=bindparam("who", type_=Text),
        asked_at=func.clock_timestamp(),
        approved_by=null(),
        approved_at=null(),
        updated_at=func.clock_timestamp(),
    )
    .where(_d.id == _DRAFT)
)
APPROVE = Statement(
    update(boundary_draft)
    .values(
        approved_by=bindparam("who", type_=Text), approved_at=func.clock_timestamp(), updated_at=func.clock_timestamp()
    )
    .where(_d.id == _DRAFT)
)


_later = publication.alias("later")
_reverting = publication.alias("reverting")
_taken_back = publication.alias("taken_back")


def _is_reverted(one: Any, by: Any) -> Any:
    return select(by.c.id).where(by.c.reverts == one.id).exists()


# In effect: not taken back, and nothing that is still in effect changed one of its sets since.
_IS_LATEST = and_(
    _p.kind != text_literal("rollback"),
    ~_is_reverted(_p, _reverting),
    ~select(_later.c.id)
    .where(
        _later.c.id > _p.id,
        _later.c.kind != text_literal("rollback"),
        ~_is_reverted(_later.c, _taken_back),
        func.publications_meet(_later.c.after, _p.after),
    )
    .exists(),
)

# A draft can be published again, what was pushed cannot: without an earlier version its set would be gone from the map.
_published_before = func.jsonb_build_object(
    text_literal("versions"),
    func.jsonb_build_array(
        func.jsonb_build_object(
            text_literal("unit_set"), _p.unit_set, text_literal("status"), text_literal("published")
        )
    ),
)
_LEAVES_A_VERSION = or_(_p.kind != text_literal("import"), _p.before.op("@>", is_comparison=True)(_published_before))

# Of a draft: the publication that is in effect, as a value beside the draft's row.
LATEST_OF_DRAFT = (
    select(func.max(_p.id))
    .where(_p.draft == _d.id, _p.kind == text_literal("publish"), ~_is_reverted(_p, _reverting))
    .correlate(boundary_draft)
    .scalar_subquery()
)


def _shown() -> Any:
    return select(
        *(column for column in _p if column.name not in ("before", "after")),
        and_(_IS_LATEST, _LEAVES_A_VERSION).label("can_roll_back"),
        legal_document.c.number.label("legal_number"),
        legal_document.c.issuer,
        legal_document.c.title.label("legal_title"),
        legal_document.c.signed_on,
        legal_document.c.effective_on,
        legal_document.c.file.label("legal_file"),
    ).outerjoin(legal_document, legal_document.c.id == _p.legal_document)


SHOW_PUBLICATIONS = Statement(_shown().order_by(_p.id.desc()))
SHOW_PUBLICATION = Statement(_shown().where(_p.id == _PUBLICATION))
SELECT_PUBLICATION = Statement(
    select(publication, _IS_LATEST.label("is_latest"), _LEAVES_A_VERSION.label("leaves_a_version")).where(
        _p.id == _PUBLICATION
    )
)
OPEN_JOB_OF = Statement(
    select(boundary_job.c.id).where(
        boundary_job.c.kind == bindparam("kind", type_=Text),
        boundary_job.c.subject == bindparam("subject", type_=BigInteger),
        boundary_job.c.state.in_([text_literal("queued"), text_literal("running")]),
    )
)
SELECT_JOB = Statement(select(boundary_job).where(boundary_job.c.id == bindparam("job", type_=BigInteger)))
