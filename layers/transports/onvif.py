# SPDX-License-Identifier: Apache-2.0
"""Visits the cameras of the register: ONVIF facts, then whether the picture is offered.

Many at once, each with a time-out of its own, so that a dead one costs the others nothing but one of many places. What
was found goes out while others are still being asked, as one JSON message of many checks (connectors/camera_status.py).
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import Field

from geo.db.statement import Statement
from layers.camera_sql import SELECT_TO_VISIT
from layers.connectors.base import Message, Options
from layers.device_addresses import PRIVATE, AddressRefused, DeviceAddress, Login, Networks, address_of, login_of
from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.onvif_device import OnvifError, Told, ask, warm
from layers.transports.rtsp_check import RtspError, describe

_log = logging.getLogger(__name__)
_TO_VISIT = Statement(SELECT_TO_VISIT)
_MOST_IN_MESSAGE = 200
_LINGER_S = 0.5


class OnvifOptions(Options):
    """``registered_by``: only cameras of that source. ``login``: of those for which the register names none."""

    registered_by: Annotated[str | None, Field(max_length=100)] = None
    login: Annotated[str | None, Field(pattern=r"^camera-[a-z0-9-]{1,50}$")] = None
    at_once: Annotated[int, Field(ge=1, le=256)] = 32
    timeout_s: Annotated[float, Field(ge=0.2, le=60)] = 8.0
    networks: tuple[str, ...] = PRIVATE


@dataclass(frozen=True)
class Target:
    """A camera of the register, and how it is asked."""

    register: str
    device: str
    onvif_url: str | None
    rtsp_url: str | None
    login: str | None


async def _arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    rows = await visit.database.fetch(_TO_VISIT, layer="cameras", register=visit.options.registered_by)
    targets = [
        Target(row["source"], row["external_id"], row["onvif_url"], row["rtsp_url"], row["login"]) for row in rows
    ]
    if any(target.onvif_url for target in targets):
        await warm()
    places = asyncio.Semaphore(visit.options.at_once)
    networks = Networks(visit.options.networks)

    async def look(target: Target) -> dict[str, Any]:
        async with places:
            return await check(target, visit, networks)

    waiting = {asyncio.create_task(look(target)) for target in targets}
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if waiting and len(done) < _MOST_IN_MESSAGE:
                # Others are about to answer: they share the message.
                more, waiting = await asyncio.wait(waiting, timeout=_LINGER_S)
                done |= more
            checks = sorted((one.result() for one in done), key=lambda one: (one["register"], one["id"]))
            for start in range(0, len(checks), _MOST_IN_MESSAGE):
                body = orjson.dumps({"checks": checks[start : start + _MOST_IN_MESSAGE]})
                yield Arrival(Message(body, visit.clock(), "application/json", "onvif"))
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def check(target: Target, visit: Visit, networks: Networks) -> dict[str, Any]:
    """One look at a camera: whether it answers, why not, and what it told. Never fails."""
    began = visit.clock()
    told, ok = Told(), False
    try:
        async with asyncio.timeout(visit.options.timeout_s):
            login = login_of(target.login or visit.options.login, visit.secret)
            await _look(target, login, networks, told)
            ok = True
    except TimeoutError:
        told.problem = "timeout"
    except OSError:
        told.problem = "unreachable"
    except (AddressRefused, OnvifError, RtspError) as error:
        told.problem = error.code
        # It is there and wants another login: that is a problem of the register, not an outage.
        ok = error.code == "login_refused"
    except Exception:  # noqa: BLE001 - whatever a device sends, it is a failure of that device alone
        _log.warning("camera %s/%s: no sense in its answer", target.register, target.device, exc_info=True)
        told.problem = "protocol_error"
    return _record(target, told, ok, (began, visit.clock()))


async def _look(target: Target, login: Login | None, networks: Networks, told: Told) -> None:
    address: DeviceAddress | None = None
    if target.onvif_url is not None:
        device = await address_of(target.onvif_url, ("http", "https"), networks)
        try:
            await ask(device, login, told)
        except (OnvifError, OSError) as error:
            if target.rtsp_url is None:
                raise
            told.problem = error.code if isinstance(error, OnvifError) else "onvif_unreachable"
        if told.stream_path is not None and told.stream_port is not None:
            address = replace(device, scheme="rtsp", port=told.stream_port, path=told.stream_path)
    if target.rtsp_url is not None:
        address = await address_of(target.rtsp_url, ("rtsp",), networks)
    if address is not None:
        told.facts["stream"] = await describe(address, login)


def _record(target: Target, told: Told, ok: bool, span: tuple[datetime, datetime]) -> dict[str, Any]:
    began, ended = span
    facts = {**told.facts, "took_ms": round((ended - began).total_seconds() * 1000)}
    return {
        "register": target.register,
        "id": target.device,
        "time": began.isoformat(),
        "ok": ok,
        "problem": told.problem,
        "facts": facts,
    }


TRANSPORT = Transport(
    "onvif",
    Text("Thăm camera (ONVIF, RTSP)", "Visits to cameras (ONVIF, RTSP)"),
    _arrivals,
    OnvifOptions,
)
