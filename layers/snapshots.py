# SPDX-License-Identifier: Apache-2.0
"""One picture of a camera, fetched by the server: bounded in time and size, JPEG only, shared for a few seconds.

Ten people who look at one camera ask it once (single flight), and again only after ``KEPT_S``. A camera's login never
leaves the server; the camera is asked at the address that the register states and follows nobody elsewhere.
"""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass

import httpx
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from geo.errors import Unavailable
from layers.device_addresses import AddressRefused, DeviceAddress, Login, Networks, address_of

TIMEOUT_S = 3.0
KEPT_S = 5.0
MAX_BYTES = 10 * 1024 * 1024
_MAX_PIXELS = 40_000_000
_MOST_KEPT = 200


@dataclass(frozen=True)
class Picture:
    """A JPEG, and when it was fetched (monotonic seconds)."""

    jpeg: bytes
    fetched: float


class Snapshots:
    """Fetches pictures, and keeps each for a moment."""

    def __init__(self, networks: Networks, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._networks = networks
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._kept: dict[int, Picture] = {}
        self._flights: dict[int, asyncio.Task[Picture]] = {}

    async def of(self, camera: int, url: str, login: Login | None) -> bytes:
        """The picture of a camera now, or of a few seconds ago.

        Raises:
            Unavailable: it has none now; the code says why.
        """
        kept = self._kept.get(camera)
        if kept is not None and time.monotonic() - kept.fetched < KEPT_S:
            return kept.jpeg
        flight = self._flights.get(camera)
        if flight is None:
            flight = asyncio.create_task(self._fly(camera, url, login))
            self._flights[camera] = flight
            flight.add_done_callback(lambda done: self._landed(camera, done))
        # Who goes away while waiting does not end the flight of the others.
        return (await asyncio.shield(flight)).jpeg

    async def close(self) -> None:
        """Stop what is under way and close connections."""
        for flight in list(self._flights.values()):
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _landed(self, camera: int, flight: "asyncio.Task[Picture]") -> None:
        self._flights.pop(camera, None)
        if not flight.cancelled() and flight.exception() is None:
            self._kept[camera] = flight.result()
            while len(self._kept) > _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    async def _fly(self, camera: int, url: str, login: Login | None) -> Picture:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                address = await address_of(url, ("http", "https"), self._networks)
                jpeg = await self._fetch(address, login)
        except AddressRefused as refusal:
            raise Unavailable(f"This camera cannot be asked: {refusal}.", code=f"camera_{refusal.code}") from None
        except TimeoutError:
            raise Unavailable("The camera did not answer in time.", code="camera_timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise Unavailable("The camera cannot be reached.", code="camera_unreachable") from None
        self._kept.pop(camera, None)
        return Picture(jpeg, time.monotonic())

    async def _fetch(self, address: DeviceAddress, login: Login | None) -> bytes:
        if self._client is None:
            # Cameras have certificates that nobody signed; what protects them is their network.
            self._client = httpx.AsyncClient(
                verify=False, trust_env=False, follow_redirects=False, timeout=TIMEOUT_S, transport=self._transport
            )
        auth = None if login is None else _Challenged(login)
        headers = {"Host": address.named, "Accept": "image/jpeg", "Accept-Encoding": "identity"}
        async with self._client.stream("GET", address.url, headers=headers, auth=auth) as answer:
            if answer.status_code in (401, 403):
                raise Unavailable("The camera refuses our login.", code="camera_login_refused")
            if answer.status_code != 200:
                raise Unavailable(
                    f"The camera answered {answer.status_code}.", code="camera_failed", camera_status=answer.status_code
                )
            return await _jpeg_of(answer.aiter_raw())


async def _jpeg_of(parts: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for part in parts:
        body += part
        if len(body) > MAX_BYTES:
            raise Unavailable("The camera's picture is too large.", code="camera_too_large", max_bytes=MAX_BYTES)
        if len(body) >= 3 and not body.startswith(b"\xff\xd8\xff"):
            break
    if not body.startswith(b"\xff\xd8\xff"):
        raise Unavailable("The camera sent no JPEG.", code="camera_not_jpeg")
    return bytes(body)


class _Challenged(httpx.Auth):
    """Digest where the camera asks for it, else Basic; nothing before it asks."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        answer = yield request
        if answer.status_code != 401:
            return
        schemes = {one.partition(" ")[0].lower() for one in answer.headers.get_list("www-authenticate")}
        if "digest" in schemes:
            flow = httpx.DigestAuth(*self._login).auth_flow(request)
            next(flow)
            try:
                again = flow.send(answer)
            except (ValueError, LookupError, StopIteration, httpx.ProtocolError):
                return  # a challenge that nobody could answer
            yield again
        elif "basic" in schemes:
            yield next(httpx.BasicAuth(*self._login).auth_flow(request))


def marked(jpeg: bytes, line: str) -> bytes:
    """The picture with a line in its lower left corner that says who looked and when. What else a file tells is gone.

    Raises:
        Unavailable: it is no picture, or an unreasonably large one.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise Unavailable("The camera's picture is too large.", code="camera_too_large")
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unavailable("The camera sent no JPEG that can be read.", code="camera_not_jpeg") from error
    line = line.encode("ascii", "replace").decode()  # as far as the font goes that Pillow brings
    size = max(10, picture.height // 40)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    left, top = size // 2, picture.height - 2 * size
    box = pen.textbbox((left, top), line, font=font)
    pen.rectangle((box[0] - 4, box[1] - 3, box[2] + 4, box[3] + 3), fill=(0, 0, 0))
    pen.text((left, top), line, fill=(255, 255, 255), font=font)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
