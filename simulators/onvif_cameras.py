# SPDX-License-Identifier: Apache-2.0
"""A street of ONVIF cameras on this machine: SOAP with WS-UsernameToken, snapshots and RTSP behind Digest.

Each camera has two ports of its own (SOAP and snapshots; RTSP), so that one can die alone. Some are slow, some have a
wrong clock, some never answer. `--register` also pushes the register of them, with azimuth and field of view.
"""

import argparse
import asyncio
import contextlib
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from aiohttp import web
from lxml import etree

from simulators.digest_logins import Guard
from simulators.door import Door, DoorError
from simulators.keys import add_key, key_of
from simulators.onvif_answers import OPEN, About, answer, fault
from simulators.rtsp_pictures import RtspServer, card_of

USER, PASSWORD = "simulator", "only-for-simulated-cameras"
HERE = (105.8432, 21.5928)
_SOAP = "application/soap+xml; charset=utf-8"
_SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
_UTILITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass
class Ailment:
    """What is wrong with a camera: nothing by default."""

    slow_s: float = 0.0
    skew: timedelta = timedelta()
    is_mute: bool = False


@dataclass
class Camera:
    """One simulated camera."""

    number: int
    ailment: Ailment = field(default_factory=Ailment)
    port: int = 0
    rtsp_port: int = 0

    def __post_init__(self) -> None:
        self._guard = Guard(USER, PASSWORD)
        self._rtsp = RtspServer(f"CAMERA {self.number}", self._guard, self._pause)
        self._runner: web.AppRunner | None = None
        self.asked: list[str] = []

    @property
    def about(self) -> About:
        """Its addresses."""
        return About(
            self.number,
            f"http://127.0.0.1:{self.port}/onvif/device_service",
            f"rtsp://127.0.0.1:{self.rtsp_port}/main",
            f"http://127.0.0.1:{self.port}/snapshot.jpg",
        )

    async def start(self) -> None:
        """Answer on its ports; port 0 takes any."""
        app = web.Application()
        app.router.add_post("/onvif/{service}", self._soap)
        app.router.add_get("/snapshot.jpg", self._snapshot)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.rtsp_port = await self._rtsp.start(self.rtsp_port)

    async def stop(self) -> None:
        """Die."""
        await self._rtsp.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def _pause(self) -> float:
        return 3600.0 if self.ailment.is_mute else self.ailment.slow_s

    async def _soap(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self._pause())
        try:
            envelope = etree.fromstring(await request.read(), _PARSER)
            operation = etree.QName(envelope[-1][0]).localname
        except (etree.XMLSyntaxError, IndexError, ValueError):
            return web.Response(text=fault("WellFormed", "no envelope"), status=400, headers={"Content-Type": _SOAP})
        self.asked.append(operation)
        now = datetime.now(UTC) + self.ailment.skew
        if operation not in OPEN and not self._may(envelope, now):
            text, status = fault("NotAuthorized", "Sender not Authorized"), 400
        elif (found := answer(operation, self.about, now)) is not None:
            text, status = found, 200
        else:
            text, status = fault("ActionNotSupported", "Optional action not implemented"), 500
        return web.Response(text=text, status=status, headers={"Content-Type": _SOAP})

    def _may(self, envelope: Any, now: datetime) -> bool:
        token = envelope.find(f".//{_SECURITY}UsernameToken")
        if token is None:
            return False
        user, digest, nonce = (token.findtext(f"{_SECURITY}{name}", "") for name in ("Username", "Password", "Nonce"))
        return self._guard.lets_token(user, digest, nonce, token.findtext(f"{_UTILITY}Created", ""), now)

    async def _snapshot(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self._pause())
        self.asked.append("snapshot")
        if not self._guard.lets("GET", request.headers.get("Authorization", "")):
            return web.Response(status=401, headers={"WWW-Authenticate": self._guard.challenge()})
        return web.Response(body=card_of(f"CAMERA {self.number}", self.number), content_type="image/jpeg")


def street(count: int, seed: str, faults: dict[str, int], ports: tuple[int, int] = (0, 0)) -> list[Camera]:
    """Cameras, as many of them slow, skewed and mute as ``faults`` says. Ports: the first of each kind."""
    rng = Random(f"{seed}/onvif")
    cameras = [
        Camera(
            number + 1,
            port=ports[0] + number if ports[0] else 0,
            rtsp_port=ports[1] + number if ports[1] else 0,
        )
        for number in range(count)
    ]
    ailing = iter(rng.sample(cameras, min(count, sum(faults.values()))))
    for kind, many in faults.items():
        for camera in (one for _, one in zip(range(many), ailing, strict=False)):
            if kind == "slow":
                camera.ailment.slow_s = 0.4
            elif kind == "skewed":
                camera.ailment.skew = timedelta(seconds=rng.choice((-7200, -600, 600, 86_400)))
            else:
                camera.ailment.is_mute = True
    return cameras


def register_of(cameras: list[Camera], seed: str, login: str) -> list[dict[str, Any]]:
    """The register: records of the layer "cameras"."""
    rng = Random(f"{seed}/register")
    return [
        {
            "id": f"ONVIF-{camera.number:04d}",
            "name": f"Camera mô phỏng {camera.number}",
            "kind": rng.choice(("fixed", "fixed", "dome", "ptz")),
            "lon": round(HERE[0] + rng.uniform(-0.02, 0.02), 6),
            "lat": round(HERE[1] + rng.uniform(-0.02, 0.02), 6),
            "azimuth": rng.randrange(0, 360, 5),
            "hfov": rng.choice((54, 90, 110)),
            "range_m": rng.choice((60, 80, 120)),
            "serial": camera.about.serial,
            "owner": "Đơn vị mô phỏng",
            "purpose": "giao thông",
            "signposted": True,
            "qcvn135": rng.random() < 0.8,
            "onvif_url": camera.about.service_url,
            "rtsp_url": camera.about.rtsp_url,
            "snapshot_url": camera.about.snapshot_url,
            "login": login,
        }
        for camera in cameras
    ]


async def _run(options: argparse.Namespace) -> None:
    faults = {"slow": options.slow, "skewed": options.skewed, "mute": options.mute}
    cameras = street(options.count, options.seed, faults, (options.port, options.rtsp_port))
    for camera in cameras:
        await camera.start()
        print(f"{camera.about.serial} {camera.about.service_url} {camera.about.rtsp_url} {camera.ailment}", flush=True)
    print(f"login of all: {USER}:{PASSWORD}", flush=True)
    try:
        if options.register:
            records = register_of(cameras, options.seed, options.login)
            print(await asyncio.to_thread(_push, options, records), flush=True)
        await asyncio.Event().wait()
    finally:
        for camera in cameras:
            await camera.stop()


def _push(options: argparse.Namespace, records: list[dict[str, Any]]) -> dict[str, Any]:
    door = Door(options.url, key_of(options, options.source), patience_s=60, stop=threading.Event())
    try:
        return door.push("cameras", records, options.source)
    finally:
        door.close()


def main(argv: list[str]) -> int:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(prog="simulate onvif-cameras", description=__doc__)
    parser.add_argument("--count", type=int, default=12, help="cameras")
    parser.add_argument("--port", type=int, default=18800, help="SOAP port of the first camera; 0 takes any")
    parser.add_argument("--rtsp-port", type=int, default=19800, help="RTSP port of the first camera; 0 takes any")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--slow", type=int, default=1, help="how many take 0.4 s for each answer")
    parser.add_argument("--skewed", type=int, default=2, help="how many have a wrong clock")
    parser.add_argument("--mute", type=int, default=1, help="how many accept connections and never answer")
    parser.add_argument("--register", action="store_true", help="push the register of them first")
    parser.add_argument("--login", default="camera-simulated", help="the secret that the register names")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--source", default="demo", help="the source that keeps the register")
    add_key(parser, "demo")
    options = parser.parse_args(argv)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(options))
    except (DoorError, OSError) as error:
        print(f"onvif-cameras: {error}", file=sys.stderr)
        return 1
    return 0
