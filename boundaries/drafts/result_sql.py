# SPDX-License-Identifier: Apache-2.0
"""Statements of what a check gave: findings with their waivers, changes, the result itself."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from boundaries.draft_tables import boundary_draft, draft_change, draft_finding, draft_waiver
from geo.db.functions import as_geojson
from geo.db.statement import Statement

_DRAFT = bindparam("draft", type_=BigInteger)
_d, _c, _n = boundary_draft.c, draft_change.c, draft_finding.c
# Degrees as they are stored, to the last digit.
_EXACT = 15
_FINDING: dict[str, Any] = {
    "number": Integer, "code": Text, "severity": Text, "fingerprint": Text, "detail_vi": Text, "detail_en": Text,
    "units": ARRAY(Text), "measure": Float, "measure_unit": Text, "threshold": Float, "repair": Text,
}  # fmt: skip
_CHANGE: dict[str, Any] = {
    "number": Integer, "is_neighbour": Boolean, "code_before": Text, "code_after": Text, "name_before": Text,
    "name_after": Text, "type_before": Text, "type_after": Text, "area_before_m2": Float, "area_after_m2": Float,
    "won_m2": Float, "lost_m2": Float, "moved_m": Float, "kinds": ARRAY(Text), "lineage": JSONB,
}  # fmt: skip


def _given(kinds: dict[str, Any]) -> dict[str, Any]:
    return {name: bindparam(name, type_=kind) for name, kind in kinds.items()}


def _shape(name: str) -> Any:
    return func.ST_GeomFromWKB(bindparam(name, type_=LargeBinary), 4326)


# One row each: a check gives some hundreds at most, and they travel together.
INSERT_FINDINGS = Statement(insert(draft_finding).values(draft=_DRAFT, geom=_shape("wkb"), **_given(_FINDING)))
INSERT_CHANGES = Statement(
    insert(draft_change).values(draft=_DRAFT, won=_shape("won_wkb"), lost=_shape("lost_wkb"), **_given(_CHANGE))
)
DELETE_FINDINGS = Statement(delete(draft_finding).where(_n.draft == _DRAFT))
DELETE_CHANGES = Statement(delete(draft_change).where(_c.draft == _DRAFT))

# Only for the revision that was checked: a newer one has a check of its own.
STORE_RESULT = Statement(
    update(boundary_draft)
    .values(
        state=bindparam("new_state", type_=Text),
        checked_revision=_d.revision,
        base_version=bindparam("new_base_version", type_=BigInteger),
        version=bindparam("new_version", type_=BigInteger),
        answers=bindparam("new_answers", type_=JSONB),
        sheets=bindparam("new_sheets", type_=JSONB),
        questions=bindparam("new_questions", type_=JSONB),
        effects=bindparam("new_effects", type_=JSONB),
        summary=bindparam("new_summary", type_=JSONB),
        consequences=bindparam("new_consequences", type_=JSONB),
        updated_at=func.clock_timestamp(),
    )
    .where(
        _d.id == _DRAFT,
        _d.revision == bindparam("of_revision", type_=Integer),
        _d.state == "checking",
    )
    .returning(_d.id)
)

_ON_ONE_FINDING = and_(draft_waiver.c.draft == _n.draft, draft_waiver.c.fingerprint == _n.fingerprint)
SELECT_FINDINGS = Statement(
    select(
        *(_n[name] for name in _FINDING),
        as_geojson(_n.geom).label("geometry"),
        draft_waiver.c.why,
        draft_waiver.c.waived_by,
        draft_waiver.c.waived_at,
    )
    .outerjoin(draft_waiver, _ON_ONE_FINDING)
    .where(_n.draft == _DRAFT)
    .order_by(_n.number)
)
SELECT_FINDING = Statement(
    select(_n.code, _n.severity, _n.fingerprint, _d.state)
    .join(boundary_draft, _d.id == _n.draft)
    .where(_n.draft == _DRAFT, _n.number == bindparam("number", type_=Integer))
    .with_for_update(of=boundary_draft, read=True)
)
SELECT_CHANGES = Statement(
    select(
        *(_c[name] for name in _CHANGE),
        as_geojson(_c.won, _EXACT).label("won"),
        as_geojson(_c.lost, _EXACT).label("lost"),
    )
    .where(_c.draft == _DRAFT)
    .order_by(_c.number)
)


def _waive() -> Any:
    given = {
        "draft": _DRAFT,
        "fingerprint": bindparam("fingerprint", type_=Text),
        "why": bindparam("why", type_=Text),
        "waived_by": bindparam("waived_by", type_=Text),
    }
    statement = upsert(draft_waiver).values(**given)
    changed = {name: statement.excluded[name] for name in ("why", "waived_by")}
    return statement.on_conflict_do_update(
        index_elements=["draft", "fingerprint"], set_={**changed, "waived_at": func.clock_timestamp()}
    )


WAIVE = Statement(_waive())
UNWAIVE = Statement(
    delete(draft_waiver)
    .where(draft_waiver.c.draft == _DRAFT, draft_waiver.c.fingerprint == bindparam("fingerprint", type_=Text))
    .returning(draft_waiver.c.draft)
)
FORGET_APPROVAL = Statement(
    update(boundary_draft)
    .values(
        state="checked", asked_by=None, asked_at=None, approved_by=None, approved_at=None,
        updated_at=func.clock_timestamp(),
    )
    .where(_d.id == _DRAFT, _d.state == "awaiting_approval")
)  # fmt: skip
