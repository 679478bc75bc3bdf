# SPDX-License-Identifier: Apache-2.0
"""A batch finds what is known by key, also with a plan that was made while the layer was empty."""

import pytest

from geo.db.pool import Database
from geo.db.statement import Statement
from layers.write_sql import OPEN_ALONE, SELECT_EXISTING, SELECT_KNOWN

pytestmark = pytest.mark.postgis


@pytest.mark.parametrize("statement", [SELECT_KNOWN, SELECT_EXISTING], ids=["known", "existing"])
async def test_what_is_known_is_found_key_by_key(database: Database, statement: Statement) -> None:
    values = {"layer": "media", "source": "plans"}
    async with database.transaction() as connection:
        await connection.execute(OPEN_ALONE.sql, *OPEN_ALONE.args(key="media/plans", name="plans", **values))
        await connection.execute("set local plan_cache_mode = force_generic_plan")
        rows = await connection.fetch(f"explain {statement.sql}", *statement.args(ids=["a", "b"], **values))
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan" not in plan, plan
    assert "external_id = key.external_id" in plan, plan
