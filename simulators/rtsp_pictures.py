# SPDX-License-Identifier: Apache-2.0
"""A tiny RTSP server: a test card with a running clock as RTP/JPEG (RFC 2435), interleaved over TCP, behind Digest.

Real enough for `ffprobe rtsp://…` and any player; no encoder is needed beside Pillow.
"""

import asyncio
import contextlib
import io
import itertools
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from PIL import Image, ImageDraw, ImageFont

from simulators.digest_logins import Guard

WIDTH, HEIGHT, PER_SECOND = 640, 360, 5
_CHUNK = 1200
_CLOCK = 90_000


def card_of(title: str, number: int) -> bytes:
    """A baseline JPEG that nobody mistakes for a street."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (40 + number * 37 % 120, 60, 90))
    pen = ImageDraw.Draw(picture)
    for bar in range(8):
        shade = (bar & 4) * 50, (bar & 2) * 100, (bar & 1) * 200
        pen.rectangle((bar * WIDTH // 8, HEIGHT - 90, (bar + 1) * WIDTH // 8, HEIGHT), fill=shade)
    font = ImageFont.load_default(32)
    pen.text((20, 30), f"SIMULATED {title}", fill=(255, 255, 255), font=font)
    pen.text((20, 90), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}Z", fill=(255, 255, 0), font=font)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=60, subsampling="4:2:0")
    return made.getvalue()


def packets_of(jpeg: bytes, sequence: "itertools.count[int]", stamp: int) -> list[bytes]:
    """One picture as RTP packets (RFC 2435): scan data without the headers, quantisation tables in the first."""
    tables, scan = _parts_of(jpeg)
    packets = []
    for offset in range(0, len(scan), _CHUNK):
        part = scan[offset : offset + _CHUNK]
        is_last = offset + _CHUNK >= len(scan)
        head = struct.pack(
            "!BBHII", 0x80, 26 | (0x80 if is_last else 0), next(sequence) & 0xFFFF, stamp & 0xFFFFFFFF, 0x51
        )
        # Type 1 is 4:2:0; 255 says that the tables travel with the picture.
        head += struct.pack("!II", offset, (1 << 24) | (255 << 16) | (WIDTH // 8 << 8) | HEIGHT // 8)
        if offset == 0:
            head += struct.pack("!BBH", 0, 0, len(tables)) + tables
        packets.append(head + part)
    return packets


def _parts_of(jpeg: bytes) -> tuple[bytes, bytes]:
    """Quantisation tables and entropy-coded data of a baseline JPEG."""
    tables: dict[int, bytes] = {}
    position = 2
    while True:
        marker, length = struct.unpack_from("!HH", jpeg, position)
        segment = jpeg[position + 4 : position + 2 + length]
        if marker == 0xFFDB:
            for start in range(0, len(segment), 65):
                tables[segment[start] & 15] = segment[start + 1 : start + 65]
        position += 2 + length
        if marker == 0xFFDA:
            return tables[0] + tables[1], jpeg[position:-2]


class RtspServer:
    """One camera's RTSP port.

    Args:
        title: what the test card says.
        guard: who may look; None lets everybody.
        pause: how long an answer takes, in seconds.
    """

    def __init__(self, title: str, guard: Guard | None, pause: Callable[[], float] = lambda: 0.0) -> None:
        self._title = title
        self._guard = guard
        self._pause = pause
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> int:
        """Listen; answers the port."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more, and end what is streaming."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await _Talk(reader, writer, self._title, self._guard, self._pause).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(task)
            writer.close()


class _Talk:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        title: str,
        guard: Guard | None,
        pause: Callable[[], float],
    ) -> None:
        self._reader, self._writer = reader, writer
        self._title, self._guard, self._pause = title, guard, pause
        self._playing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            while True:
                await self._one()
        finally:
            if self._playing is not None:
                self._playing.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await self._playing

    async def _one(self) -> None:
        first = await self._reader.readexactly(1)
        if first == b"$":  # a receiver's report
            _, length = struct.unpack("!BH", await self._reader.readexactly(3))
            await self._reader.readexactly(length)
            return
        head = first + await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, url, _ = lines[0].split(" ", 2)
        pairs = [line.partition(":") for line in lines[1:]]
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if length := int(headers.get("content-length", "0")):
            await self._reader.readexactly(length)
        await asyncio.sleep(self._pause())
        status, more, body = self._answer(method, url, headers)
        text = f"RTSP/1.0 {status}\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(text.encode() + body)
        await self._writer.drain()
        if method == "PLAY" and self._playing is None:
            self._playing = asyncio.create_task(self._play())
        if method == "TEARDOWN":
            raise ConnectionError("the client hangs up")

    def _answer(self, method: str, url: str, headers: Mapping[str, str]) -> tuple[str, str, bytes]:
        if method == "OPTIONS":
            return "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n", b""
        if self._guard is not None and not self._guard.lets(method, headers.get("authorization", "")):
            return "401 Unauthorized", f"WWW-Authenticate: {self._guard.challenge()}\r\n", b""
        match method:
            case "DESCRIBE":
                sdp = (
                    f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns={self._title}\r\nt=0 0\r\na=control:*\r\n"
                    f"m=video 0 RTP/AVP 26\r\nc=IN IP4 0.0.0.0\r\na=framerate:{PER_SECOND}\r\na=control:track1\r\n"
                )
                return "200 OK", f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\n", sdp.encode()
            case "SETUP" if "interleaved" not in headers.get("transport", ""):
                return "461 Unsupported Transport", "", b""
            case "SETUP":
                return "200 OK", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1;timeout=60\r\n", b""
            case "PLAY" | "GET_PARAMETER" | "TEARDOWN" | "PAUSE":
                return "200 OK", "Session: 1\r\n", b""
        return "501 Not Implemented", "", b""

    async def _play(self) -> None:
        sequence: itertools.count[int] = itertools.count(1)
        for number in itertools.count():
            for packet in packets_of(card_of(self._title, number), sequence, number * _CLOCK // PER_SECOND):
                self._writer.write(b"$" + struct.pack("!BH", 0, len(packet)) + packet)
            await self._writer.drain()
            await asyncio.sleep(1 / PER_SECOND)
