# SPDX-License-Identifier: Apache-2.0
"""Statements of drafts: what people decide, and how drafts are shown. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Integer,
    Text,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from boundaries.draft_tables import (
    boundary_draft,
    boundary_job,
    draft_finding,
    draft_waiver,
    legal_document,
    producer_answers,
    stored_file,
)
from boundaries.drafts.values import BLOCKING_SEVERITIES, CLOSED
from boundaries.publications.sql import LATEST_OF_DRAFT
from boundaries.tables import unit_set, unit_set_version
from geo.db.functions import text_literal
from geo.db.statement import Statement

_d, _f, _j = boundary_draft.c, stored_file.c, boundary_job.c
_IS_PUBLISHED = unit_set_version.c.status == "published"
_DRAFT = bindparam("draft", type_=BigInteger)
_INPUTS: dict[str, Any] = {
    "title": Text, "producer": Text, "unit_set": Text, "title_vi": Text, "title_en": Text, "valid_from": Date,
    "valid_to": Date, "approximate": Boolean, "attribution_vi": Text, "attribution_en": Text, "licence": Text,
    "scope": ARRAY(Text), "answers": JSONB, "repairs": ARRAY(Text), "unagreed": JSONB, "legal_document": BigInteger,
}  # fmt: skip

# Two uploads of the same bytes at once must become one draft.
ONE_AT_A_TIME = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key", type_=Text), 7302))))
FIND_OPEN = Statement(
    select(_d.id)
    .join(stored_file, _f.id == _d.file)
    .where(
        _f.sha256 == bindparam("sha256", type_=Text),
        _d.base_set.is_not_distinct_from(bindparam("base_set", type_=Text)),
        _d.state.not_in([text_literal(state) for state in sorted(CLOSED)]),
    )
    .order_by(_d.id.desc())
    .limit(1)
)
INSERT_FILE = Statement(
    insert(stored_file)
    .values(
        sha256=bindparam("sha256", type_=Text),
        size_bytes=bindparam("size_bytes", type_=BigInteger),
        name=bindparam("name", type_=Text),
        media_type=bindparam("media_type", type_=Text),
        stored_by=bindparam("stored_by", type_=Text),
    )
    .returning(_f.id)
)
SELECT_FILE = Statement(select(stored_file).where(_f.id == bindparam("file", type_=BigInteger)))
INSERT_DRAFT = Statement(
    insert(boundary_draft)
    .values(
        state="checking",
        file=bindparam("file", type_=BigInteger),
        base_set=bindparam("base_set", type_=Text),
        created_by=bindparam("created_by", type_=Text),
        **{name: bindparam(name, type_=kind) for name, kind in _INPUTS.items()},
    )
    .returning(_d.id, _d.revision)
)
_WITH_FILE = select(boundary_draft, _f.sha256, _f.name.label("file_name")).join(stored_file, _f.id == _d.file)
SELECT_DRAFT = Statement(_WITH_FILE.where(_d.id == _DRAFT))
LOCK_DRAFT = Statement(_WITH_FILE.where(_d.id == _DRAFT).with_for_update(of=boundary_draft))
CHANGE_DRAFT = Statement(
    update(boundary_draft)
    .values(
        revision=_d.revision + 1,
        state=bindparam("new_state", type_=Text),
        checked_revision=bindparam("new_checked_revision", type_=Integer),
        updated_at=func.clock_timestamp(),
        asked_by=None,
        asked_at=None,
        approved_by=None,
        approved_at=None,
        **{name: bindparam(f"new_{name}", type_=kind) for name, kind in _INPUTS.items()},
    )
    .where(_d.id == _DRAFT)
)
WITHDRAW = Statement(
    update(boundary_draft)
    .values(state="withdrawn", revision=_d.revision + 1, updated_at=func.clock_timestamp())
    .where(_d.id == _DRAFT)
)
DELETE_VERSION = Statement(select(func.delete_draft_version(bindparam("version", type_=BigInteger))))
OPEN_JOBS_OF = Statement(
    select(_j.id)
    .where(
        _j.subject == _DRAFT,
        _j.kind.in_([text_literal("check"), text_literal("publish")]),
        _j.state.in_([text_literal("queued"), text_literal("running")]),
    )
    .order_by(_j.id)
)
SELECT_JOB = Statement(select(boundary_job).where(_j.id == bindparam("job", type_=BigInteger)))

SELECT_SET = Statement(
    select(
        unit_set,
        unit_set_version.c.id.label("version"),
        unit_set_version.c.number,
        unit_set_version.c.approximate,
        unit_set_version.c.attribution_vi,
        unit_set_version.c.attribution_en,
        unit_set_version.c.licence,
    )
    .join(
        unit_set_version, and_(unit_set_version.c.unit_set == unit_set.c.id, unit_set_version.c.status == "published")
    )
    .where(unit_set.c.id == bindparam("unit_set", type_=Text))
)
ANY_SET = Statement(select(unit_set_version.c.id).where(_IS_PUBLISHED).limit(1))
HAS_LEGAL = Statement(
    select(legal_document.c.id).where(legal_document.c.id == bindparam("legal_document", type_=BigInteger))
)
INSERT_LEGAL = Statement(
    insert(legal_document)
    .values(
        number=bindparam("number", type_=Text),
        issuer=bindparam("issuer", type_=Text),
        title=bindparam("title", type_=Text),
        signed_on=bindparam("signed_on", type_=Date),
        effective_on=bindparam("effective_on", type_=Date),
        file=bindparam("file", type_=BigInteger),
        created_by=bindparam("created_by", type_=Text),
    )
    .returning(legal_document.c.id)
)

SELECT_MEMORY = Statement(
    select(producer_answers.c.answers).where(producer_answers.c.producer == bindparam("producer", type_=Text))
)


def _remember() -> Any:
    given = {"producer": bindparam("producer", type_=Text), "answers": bindparam("answers", type_=JSONB)}
    statement = upsert(producer_answers).values(**given)
    kept = producer_answers.c.answers.op("||")(statement.excluded.answers)
    return statement.on_conflict_do_update(
        index_elements=["producer"], set_={"answers": kept, "updated_at": func.clock_timestamp()}
    )


REMEMBER = Statement(_remember())


def _shown() -> Any:
    """Drafts with everything that is shown of them but their long answers (questions, sheets, effects)."""
    base, checked, current, legal_file = (
        unit_set.alias("base"),
        unit_set_version.alias("checked"),
        unit_set_version.alias("current"),
        stored_file.alias("legal_file"),
    )
    job = (
        select(boundary_job)
        .where(_j.subject == _d.id, _j.kind.in_([text_literal("check"), text_literal("publish")]))
        .order_by(_j.id.desc())
        .limit(1)
        .lateral("job")
    )
    waived = select(draft_waiver.c.draft).where(
        draft_waiver.c.draft == draft_finding.c.draft, draft_waiver.c.fingerprint == draft_finding.c.fingerprint
    )
    blocking = (
        select(func.count())
        .where(
            draft_finding.c.draft == _d.id,
            draft_finding.c.severity.in_([text_literal(one) for one in BLOCKING_SEVERITIES]),
            ~waived.exists(),
        )
        .scalar_subquery()
    )
    proposed = (
        select(func.array_agg(draft_finding.c.repair.distinct(), type_=ARRAY(Text)))
        .where(draft_finding.c.draft == _d.id, draft_finding.c.repair.is_not(None))
        .scalar_subquery()
    )
    followed = unit_set_version.alias("followed")
    target_published = (
        select(followed.c.id).where(followed.c.unit_set == _d.unit_set, followed.c.status == "published").exists()
    )
    light = [column for column in _d if column.name not in ("questions", "effects", "sheets")]
    return (
        select(
            *light,
            _f.name.label("file_name"),
            _f.size_bytes,
            _f.sha256,
            base.c.title_vi.label("base_title_vi"),
            base.c.title_en.label("base_title_en"),
            checked.c.number.label("base_number"),
            current.c.id.label("current_version"),
            current.c.number.label("current_number"),
            legal_document.c.number.label("legal_number"),
            legal_document.c.issuer,
            legal_document.c.title.label("legal_title"),
            legal_document.c.signed_on,
            legal_document.c.effective_on,
            legal_file.c.id.label("legal_file"),
            legal_file.c.name.label("legal_file_name"),
            legal_file.c.size_bytes.label("legal_file_size"),
            *(column.label(f"job_{column.name}") for column in job.c),
            blocking.label("blocking"),
            proposed.label("proposed"),
            target_published.label("target_published"),
            LATEST_OF_DRAFT.label("publication"),
        )
        .join(stored_file, _f.id == _d.file)
        .outerjoin(base, base.c.id == _d.base_set)
        .outerjoin(checked, checked.c.id == _d.base_version)
        .outerjoin(current, and_(current.c.unit_set == _d.base_set, current.c.status == "published"))
        .outerjoin(legal_document, legal_document.c.id == _d.legal_document)
        .outerjoin(legal_file, legal_file.c.id == legal_document.c.file)
        .outerjoin(job, text_literal("") == text_literal(""))
    )


_STATE = bindparam("state", type_=Text)
SHOW_DRAFTS = Statement(_shown().where(or_(_STATE.is_(None), _d.state == _STATE)).order_by(_d.id.desc()))
SHOW_DRAFT = Statement(_shown().add_columns(_d.questions, _d.effects, _d.sheets).where(_d.id == _DRAFT))
