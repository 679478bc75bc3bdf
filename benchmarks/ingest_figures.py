# SPDX-License-Identifier: Apache-2.0
"""The ingest benchmark's answer as figures of the report."""

from collections.abc import Mapping
from typing import Any

from benchmarks.figures import Figure, Part

TARGET = 5_000.0


def part_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """Records a second by number of clients, and shares of the floor that the database sets."""
    part = Part(raw=dict(result))
    rates = {f"ours, {run['clients']} clients": float(run["new"]["records_per_s"]) for run in result["runs"]}
    part.bars["Incidents through the door, durable, records a second"] = {
        **rates,
        "floor: COPY alone": float(result["floor"]["records_per_s"]),
    }
    best = max(rates.values())
    part.figures.append(Figure("incidents through the door, durable, batches of 500", best, TARGET, unit="/s"))
    for run in result["runs"]:
        part.figures.append(
            Figure(f"share of the floor (COPY without triggers), {run['clients']} clients", run["of_floor"])
        )
    return part.as_json()
