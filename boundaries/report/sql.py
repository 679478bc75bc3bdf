# SPDX-License-Identifier: Apache-2.0
"""What a report reads. Every shape comes as WKB."""

from sqlalchemy import BigInteger, DateTime, Float, LargeBinary, Select, and_, bindparam, cast, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql import literal_column

from boundaries.draft_tables import (
    boundary_draft,
    boundary_job,
    draft_change,
    draft_finding,
    draft_waiver,
    legal_document,
    stored_file,
    unit_edge,
)
from boundaries.publications.tables import publication
from boundaries.tables import unit, unit_set, unit_set_version
from geo.db.functions import text_literal
from geo.db.statement import Statement

_d = boundary_draft
_p = publication.c
_legal_file = aliased(stored_file)
_LEGAL = (
    legal_document.c.number.label("legal_number"),
    legal_document.c.issuer,
    legal_document.c.title.label("legal_title"),
    legal_document.c.signed_on,
    legal_document.c.effective_on,
    _legal_file.c.name.label("legal_file_name"),
)
_base, _made = aliased(unit_set_version), aliased(unit_set_version)


def _draft() -> Select[tuple[object, ...]]:
    return (
        select(
            *_d.c,
            stored_file.c.name.label("file_name"),
            stored_file.c.size_bytes,
            stored_file.c.sha256,
            *_LEGAL,
            unit_set.c.title_vi.label("base_title_vi"),
            unit_set.c.title_en.label("base_title_en"),
            unit_set.c.valid_from.label("base_valid_from"),
            unit_set.c.valid_to.label("base_valid_to"),
            _base.c.number.label("base_number"),
            _made.c.number,
            _made.c.status,
        )
        .join(stored_file, stored_file.c.id == _d.c.file)
        .outerjoin(legal_document, legal_document.c.id == _d.c.legal_document)
        .outerjoin(_legal_file, _legal_file.c.id == legal_document.c.file)
        .outerjoin(unit_set, unit_set.c.id == _d.c.base_set)
        .outerjoin(_base, _base.c.id == _d.c.base_version)
        .outerjoin(_made, _made.c.id == _d.c.version)
    )


DRAFT = Statement(_draft().where(_d.c.id == bindparam("draft", type_=BigInteger)))

UNITS = Statement(
    select(
        *(unit.c[name] for name in ("code", "name", "full_name", "type")),
        func.ST_AsBinary(unit.c.geom, type_=LargeBinary).label("wkb"),
    )
    .where(unit.c.version == bindparam("version", type_=BigInteger))
    .order_by(unit.c.code)
)

CHANGES = Statement(
    select(
        *(column for column in draft_change.c if column.name not in ("draft", "won", "lost")),
        func.ST_AsBinary(draft_change.c.won, type_=LargeBinary).label("won_wkb"),
        func.ST_AsBinary(draft_change.c.lost, type_=LargeBinary).label("lost_wkb"),
    )
    .where(draft_change.c.draft == bindparam("draft", type_=BigInteger))
    .order_by(draft_change.c.number)
)

FINDINGS = Statement(
    select(
        *(column for column in draft_finding.c if column.name not in ("draft", "geom", "fingerprint")),
        draft_waiver.c.why,
        draft_waiver.c.waived_by,
        draft_waiver.c.waived_at,
    )
    .outerjoin(
        draft_waiver,
        and_(draft_waiver.c.draft == draft_finding.c.draft, draft_waiver.c.fingerprint == draft_finding.c.fingerprint),
    )
    .where(draft_finding.c.draft == bindparam("draft", type_=BigInteger))
    .order_by(draft_finding.c.number)
)

EDGES = Statement(
    select(
        unit_edge.c.code_a,
        unit_edge.c.code_b,
        func.ST_AsBinary(unit_edge.c.geom, type_=LargeBinary).label("wkb"),
        cast(func.ST_Length(literal_column("unit_edge.geom::geography")), Float).label("length_m"),
    )
    .where(unit_edge.c.version == bindparam("version", type_=BigInteger))
    .order_by(unit_edge.c.code_a, unit_edge.c.code_b)
)

_reverting = aliased(publication)
PUBLICATION = Statement(
    select(
        publication,
        *_LEGAL,
        unit_set_version.c.status,
        unit_set_version.c.superseded_at,
        _reverting.c.by.label("reverted_by"),
        _reverting.c.at.label("reverted_at"),
    )
    .outerjoin(unit_set_version, unit_set_version.c.id == _p.version)
    .outerjoin(legal_document, legal_document.c.id == _p.legal_document)
    .outerjoin(_legal_file, _legal_file.c.id == legal_document.c.file)
    .outerjoin(_reverting, _reverting.c.reverts == _p.id)
    .where(_p.id == bindparam("publication", type_=BigInteger))
)
ORIGIN = Statement(
    select(
        *(unit_set_version.c[name] for name in ("approximate", "attribution_vi", "attribution_en", "licence"))
    ).where(unit_set_version.c.id == bindparam("version", type_=BigInteger))
)
PUBLICATIONS_OF_DRAFT = Statement(
    select(_p.kind, _p.by, _p.at).where(_p.draft == bindparam("draft", type_=BigInteger)).order_by(_p.id)
)
# A draft that was taken back can be changed: which revision was published, the job says that ended with it.
PUBLISHED_REVISION = Statement(
    select(boundary_job.c.revision)
    .where(
        boundary_job.c.kind == text_literal("publish"),
        boundary_job.c.state == text_literal("done"),
        boundary_job.c.subject == bindparam("draft", type_=BigInteger),
        boundary_job.c.finished_at >= bindparam("at", type_=DateTime(timezone=True)),
    )
    .order_by(boundary_job.c.finished_at)
    .limit(1)
)
