# SPDX-License-Identifier: Apache-2.0
"""``create_app`` wires the server: settings, layers, database, live hub, routers. Tests use the same function."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from api.attempts import Attempts
from api.dispatcher import Dispatcher
from api.errors import install_error_handlers
from api.live import LiveHub
from api.readers import Readers
from api.routers import (
    boundaries,
    cameras,
    cap,
    core,
    crosswalk,
    documents,
    draft_findings,
    drafts,
    editing,
    features,
    fhir,
    health,
    hexagons,
    imports,
    ingest,
    live,
    metrics,
    open311,
    publications,
    sensorthings,
    session,
    sources,
    styles,
    underlays,
    unit_exports,
    unit_reports,
    unlocated,
    values,
)
from api.routers import tiles as tile_routes
from api.settings import Settings, read_settings
from api.state import AppState
from api.telemetry import Telemetry
from api.tile_source import TileSource
from api.underlay_tiles import UnderlayTiles
from boundaries.files import FileStore
from geo.db.pool import DatabaseOptions, open_database
from layers.device_addresses import Networks
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry, discover
from layers.snapshots import Snapshots
from layers.sources.book import SourceBook
from layers.sources.budget import Budget
from layers.sources.road import Road

ROUTERS = (
    health.router,
    ingest.router,
    imports.router,
    cap.router,
    live.router,
    boundaries.router,
    crosswalk.router,
    unit_exports.router,
    drafts.router,
    draft_findings.router,
    documents.router,
    unit_reports.router,
    publications.router,
    core.router,
    features.router,
    editing.router,
    hexagons.router,
    values.router,
    metrics.router,
    open311.router,
    fhir.router,
    cameras.router,
    sensorthings.router,
    tile_routes.router,
    styles.router,
    session.router,
    underlays.router,
    sources.router,
    unlocated.router,
)


def create_server() -> Dispatcher:
    """What a web server runs: the application, with the kept tiles in front of it."""
    return Dispatcher(create_app())


def create_app(
    settings: Settings | None = None,
    registry: LayerRegistry | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The server as an ASGI application.

    Args:
        settings: default: the environment's.
        registry: default: the files of ``layers/catalog``.
        clock: tells the moment that is now; which units are the law today depends on it.
    """
    chosen = settings or read_settings()
    layers = registry or discover(chosen.sources)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = await open_database(DatabaseOptions(chosen.database_url, pool_size=chosen.pool_size))
        tiles = TileSource(clock, chosen.tile_cache_bytes)
        telemetry = Telemetry()
        hub = LiveHub(chosen.database_url, database, tiles, telemetry)
        hub.start()
        readers = Readers(database, layers, chosen.anonymous_role)
        files = FileStore(chosen.files)
        underlay_tiles = UnderlayTiles(database, files, chosen.underlay_cache_bytes)
        snapshots = Snapshots(Networks(chosen.camera_networks.split(",")))
        road = Road(database, layers, Gazetteer(layers), chosen.instance)
        app.state.toancanh = AppState(
            chosen, layers, database, hub, readers, Attempts(), tiles, telemetry, files, underlay_tiles,
            SourceBook(chosen.sources), road, Budget(), snapshots, clock,
        )  # fmt: skip
        try:
            yield
        finally:
            await hub.stop()
            await snapshots.close()
            underlay_tiles.close()
            await database.close()

    app = FastAPI(
        title="Toàn Cảnh",
        version="0.1.0",
        description="The map server of an operations centre: layers as features, tiles, H3 cells and live changes.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
