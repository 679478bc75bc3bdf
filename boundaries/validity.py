# SPDX-License-Identifier: Apache-2.0
"""From when until when a unit is the law, as SQL. Pure.

Never longer than its set: the days of a set may change after a version was stored, and a version is never rewritten.
NULL is for ever.
"""

from typing import Any

from sqlalchemy import ColumnElement, func

from boundaries.tables import unit, unit_set

VALID_FROM: ColumnElement[Any] = func.greatest(unit.c.valid_from, unit_set.c.valid_from)
VALID_TO: ColumnElement[Any] = func.least(unit.c.valid_to, unit_set.c.valid_to)
