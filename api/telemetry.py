# SPDX-License-Identifier: Apache-2.0
"""Numbers of one server process for Prometheus."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from geo.db.change_log import Change

_DELAYS_S = (0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.5, 1, 2, 5)


class Telemetry:
    """What is counted as it happens, and what is read when somebody asks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._eviction = Histogram(
            "toancanh_eviction_delay_seconds",
            "From a commit to the moment at which its stale tiles were dropped",
            buckets=_DELAYS_S,
            registry=self._registry,
        )
        self._gauges: dict[str, Gauge] = {}

    def evicted(self, changes: Sequence[Change], now: datetime) -> None:
        """The tiles of these changes were dropped. A transaction counts once."""
        for committed_at in {change.committed_at for change in changes} - {None}:
            assert committed_at is not None
            self._eviction.observe(max(0.0, (now - committed_at).total_seconds()))

    def text(self, numbers: dict[str, float]) -> bytes:
        """Everything in text format 0.0.4; ``numbers`` are the values of this moment by name."""
        for name, value in numbers.items():
            if name not in self._gauges:
                self._gauges[name] = Gauge(name, name.replace("_", " "), registry=self._registry)
            self._gauges[name].set(value)
        return generate_latest(self._registry)
