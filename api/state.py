# SPDX-License-Identifier: Apache-2.0
"""What one server process holds, wired once in ``create_app``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.attempts import Attempts
from api.live import LiveHub
from api.readers import Readers
from api.settings import Settings
from api.telemetry import Telemetry
from api.tile_source import TileSource
from api.underlay_tiles import UnderlayTiles
from boundaries.files import FileStore
from geo.db.pool import Database
from layers.registry import LayerRegistry
from layers.snapshots import Snapshots
from layers.sources.book import SourceBook
from layers.sources.budget import Budget
from layers.sources.road import Road


@dataclass(frozen=True)
class AppState:
    """Settings, layers, database, the live hub, readers, kept tiles, files, raster tiles, sources and the clock."""

    settings: Settings
    registry: LayerRegistry
    database: Database
    live: LiveHub
    readers: Readers
    attempts: Attempts
    tiles: TileSource
    telemetry: Telemetry
    files: FileStore
    underlays: UnderlayTiles
    sources: SourceBook
    road: Road
    budget: Budget
    snapshots: Snapshots
    clock: Callable[[], datetime]
