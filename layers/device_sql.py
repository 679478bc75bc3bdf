# SPDX-License-Identifier: Apache-2.0
"""Statements that keep and read checks of devices. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import DateTime, Integer, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from geo.db.statement import Statement
from layers.device_tables import device_change, device_check
from layers.tables import feature

_MOMENT = DateTime(timezone=True)
_LAYER, _SOURCE = bindparam("layer", type_=Text), bindparam("source", type_=Text)
_DEVICES = bindparam("devices", type_=ARRAY(Text))
_STATE: dict[str, Any] = {
    "external_id": Text,
    "status": Text,
    "since": _MOMENT,
    "checked_at": _MOMENT,
    "answered_at": _MOMENT,
    "failures": Integer,
    "failing_since": _MOMENT,
    "problem": Text,
    "said": Text,
    "facts": Text,
    "shown": Text,
}
STATE_COLUMNS = tuple(_STATE)


def _rows(kinds: dict[str, Any]) -> Any:
    arrays = (bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in kinds.items())
    return func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in kinds.items())).render_derived()


# The devices that a source may mean, in whichever register.
SELECT_DEVICES = Statement(
    select(feature.c.source, feature.c.external_id, feature.c.status).where(
        feature.c.layer == _LAYER, feature.c.external_id == func.any(_DEVICES)
    )
)

SELECT_STATES = Statement(
    select(*(device_check.c[name] for name in STATE_COLUMNS)).where(
        device_check.c.layer == _LAYER,
        device_check.c.source == _SOURCE,
        device_check.c.external_id == func.any(_DEVICES),
    )
)


def _keep_states() -> Any:
    rows = _rows(_STATE)
    values = [cast(rows.c[name], JSONB) if name in ("facts", "shown") else rows.c[name] for name in STATE_COLUMNS]
    statement = insert(device_check).from_select(["layer", "source", *STATE_COLUMNS], select(_LAYER, _SOURCE, *values))
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id"],
        set_={name: statement.excluded[name] for name in STATE_COLUMNS if name != "external_id"},
    )


KEEP_STATES = Statement(_keep_states())


def _keep_changes() -> Any:
    rows = _rows({"external_id": Text, "at": _MOMENT, "status": Text, "problem": Text})
    names = ["layer", "source", "external_id", "at", "status", "problem"]
    statement = insert(device_change).from_select(names, select(_LAYER, _SOURCE, *rows.c))
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id", "at"],
        set_={name: statement.excluded[name] for name in ("status", "problem")},
    )


KEEP_CHANGES = Statement(_keep_changes())
SHOW_CHECKS = Statement(select(func.show_checks(_LAYER, _SOURCE, _DEVICES)))
CHECKS_PUSHED = Statement(select(func.checks_pushed(_LAYER, _SOURCE, _DEVICES)))

_DEVICE = bindparam("device", type_=Text)
SELECT_STATE = Statement(
    select(*(device_check.c[name] for name in STATE_COLUMNS)).where(
        device_check.c.layer == _LAYER, device_check.c.source == _SOURCE, device_check.c.external_id == _DEVICE
    )
)


def _changes() -> Any:
    """The change in force at the start, and every one after it up to the end; the newest where there are too many."""
    of_device = (device_change.c.layer == _LAYER, device_change.c.source == _SOURCE,
                 device_change.c.external_id == _DEVICE)  # fmt: skip
    start, end = bindparam("start", type_=_MOMENT), bindparam("end", type_=_MOMENT)
    in_force = select(func.max(device_change.c.at)).where(*of_device, device_change.c.at <= start).scalar_subquery()
    return (
        select(device_change.c.at, device_change.c.status, device_change.c.problem)
        .where(*of_device, device_change.c.at >= func.coalesce(in_force, start), device_change.c.at < end)
        .order_by(device_change.c.at.desc())
        .limit(bindparam("most", type_=Integer))
    )


SELECT_CHANGES = Statement(_changes())
