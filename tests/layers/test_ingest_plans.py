# SPDX-License-Identifier: Apache-2.0
"""A batch finds what is known by key, also with a plan that was made while the layer was empty."""

import pytest

from geo.db.pool import Database, DatabaseOptions, connect, open_database
from geo.db.statement import Statement
from layers.write_sql import OPEN_ALONE, SELECT_EXISTING, SELECT_KNOWN
from tests.conftest import as_role
from tests.support.grid import publish_grid

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


async def test_the_units_of_a_feature_are_found_by_its_key_before_anything_was_counted(fresh_url: str) -> None:
    """A load that was analysed before it was committed left statistics that say that there is nothing."""
    await _empty_statistics(fresh_url)
    connection = await connect(fresh_url)
    try:
        body = await connection.fetchval("select prosrc from pg_proc where proname = 'units_of'")
        asked = body.replace("of_feature", "7::bigint").replace("of_layer", "'incidents'")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {asked}"))
    finally:
        await connection.close()
    assert "feature_unit_pkey" in plan and "(feature = " in plan, plan


async def _empty_statistics(url: str) -> None:
    """Thousands of rows in ``feature_unit`` that were not committed when ANALYZE looked."""
    owner_url = as_role(url, "postgres")
    loader, owner = await connect(owner_url), await connect(owner_url)
    try:
        database = await open_database(DatabaseOptions(url, pool_size=2))
        await publish_grid(database)
        await database.close()
        async with loader.transaction():
            await loader.execute(
                "insert into feature_unit select 'incidents', n, u.version, u.id "
                "from generate_series(1, 20000) n, (select version, id from unit limit 1) u"
            )
            await owner.execute("analyze feature_unit")
    finally:
        await loader.close()
        await owner.close()
