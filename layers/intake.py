# SPDX-License-Identifier: Apache-2.0
"""One door for everything that is pushed: a batch goes where its layer lives, and an import is undone there."""

from datetime import datetime
from typing import Any, Literal, TypeAlias

from geo.db.pool import Database
from geo.errors import BadParameter
from layers.batch import Batch, Receipt
from layers.check_records import is_checked
from layers.device_checks import ingest_checks
from layers.indicator_ingest import ingest_indicator
from layers.indicator_records import record_of_path
from layers.ingest import ingest
from layers.observation_ingest import ingest_observations
from layers.spec import LayerSpec

Kind: TypeAlias = Literal["features", "observations", "checks"]


async def take_in(database: Database, batch: Batch, now: datetime, kind: Kind = "features") -> Receipt:
    """Store a batch in one transaction; when this returns, it is durable.

    Raises:
        BadParameter: observations of a layer that observes nothing, checks of what is no device, or a snapshot of what
            has none.
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    if kind == "observations" and not batch.spec.observed:
        raise BadParameter("This layer's features observe nothing.", code="observations_not_available")
    if kind == "checks" and not is_checked(batch.spec):
        raise BadParameter("This layer's features are no devices that are checked.", code="checks_not_available")
    if batch.snapshot and (kind != "features" or batch.spec.store == "indicator"):
        raise BadParameter("Values, observations and checks come as mode=upsert.", code="mode_not_available")
    if kind == "observations":
        return await ingest_observations(database, batch, now)
    if kind == "checks":
        return await ingest_checks(database, batch, now)
    if batch.spec.store == "indicator":
        return await ingest_indicator(database, batch, now)
    return await ingest(database, batch, now)


def withdrawal_of(spec: LayerSpec, name: str) -> dict[str, Any]:
    """The record that withdraws one record: a feature by its external id, a value by ``set/code/period``."""
    return record_of_path(name) if spec.store == "indicator" else {"id": name, "withdrawn": True}
