# SPDX-License-Identifier: Apache-2.0
"""Dependencies as named aliases, so that a route's signature reads like a sentence."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from api.readers import Reader
from api.state import AppState
from geo.db.pool import Database
from layers.registry import LayerRegistry

Lang = Annotated[Literal["vi", "en"], Query(description="Language of texts")]


def _state(request: Request) -> AppState:
    state: AppState = request.app.state.toancanh
    return state


def _database(request: Request) -> Database:
    return _state(request).database


def _registry(request: Request) -> LayerRegistry:
    return _state(request).registry


async def _reader(request: Request) -> Reader:
    return await _state(request).readers.of(request)


State = Annotated[AppState, Depends(_state)]
Db = Annotated[Database, Depends(_database)]
Registry = Annotated[LayerRegistry, Depends(_registry)]
Reading = Annotated[Reader, Depends(_reader)]
