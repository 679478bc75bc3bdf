# SPDX-License-Identifier: Apache-2.0
"""Whether a camera offers its picture: OPTIONS and DESCRIBE of RTSP (RFC 2326), with Basic or Digest, and no more."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import parse_http_list, parse_keqv_list

from layers.device_addresses import DeviceAddress, Login

_MAX_BODY = 65_536
_MOST_HEADERS = 100
_VIDEO = re.compile(r"^m=video\b", re.MULTILINE)
_CODEC = re.compile(r"^a=rtpmap:\d+ ([A-Za-z0-9.-]{1,20})/", re.MULTILINE)
# Payload types that need no rtpmap (RFC 3551).
_STATIC = {"26": "JPEG", "31": "H261", "32": "MPV"}


class RtspError(Exception):
    """The camera does not speak RTSP as it should, or offers nothing. ``code`` is a short slug."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """One answer: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, list[str]]
    body: bytes


async def describe(address: DeviceAddress, login: Login | None) -> str:
    """The codec of the video that a camera offers, such as ``H264``.

    The caller bounds the time.

    Raises:
        RtspError: it offers none; ``login_refused`` where it wants another login.
        OSError: it cannot be reached.
    """
    reader, writer = await asyncio.open_connection(address.ip, address.port, limit=_MAX_BODY)
    try:
        return await _Dialogue(reader, writer, address).describe(login)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        raise RtspError("protocol_error") from None
    finally:
        writer.transport.abort()  # nothing is left to be sent, and a dead camera is not waited for


class _Dialogue:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: DeviceAddress) -> None:
        self._reader = reader
        self._writer = writer
        self._url = f"rtsp://{address.named}{address.path}"
        self._number = 0

    async def describe(self, login: Login | None) -> str:
        await self._ask("OPTIONS", "")
        answer = await self._ask("DESCRIBE", "Accept: application/sdp\r\n")
        if answer.status == 401 and login is not None:
            header = authorization(answer.headers.get("www-authenticate", []), "DESCRIBE", self._url, login)
            answer = await self._ask("DESCRIBE", f"Accept: application/sdp\r\n{header}")
        if answer.status in (401, 403):
            raise RtspError("login_refused")
        if answer.status != 200:
            raise RtspError("no_stream")
        return _video_of(answer.body.decode("utf-8", "replace"))

    async def _ask(self, method: str, headers: str) -> Answer:
        self._number += 1
        head = f"{method} {self._url} RTSP/1.0\r\nCSeq: {self._number}\r\nUser-Agent: toancanh\r\n{headers}\r\n"
        self._writer.write(head.encode())
        await self._writer.drain()
        return await self._answer()

    async def _answer(self) -> Answer:
        status_line = (await self._reader.readuntil(b"\n")).split()
        if len(status_line) < 2 or not status_line[0].startswith(b"RTSP/") or not status_line[1].isdigit():
            raise RtspError("protocol_error")
        headers: dict[str, list[str]] = {}
        for _ in range(_MOST_HEADERS):
            line = (await self._reader.readuntil(b"\n")).decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        else:
            raise RtspError("protocol_error")
        length = int(headers.get("content-length", ["0"])[0])
        if not 0 <= length <= _MAX_BODY:
            raise RtspError("protocol_error")
        return Answer(int(status_line[1]), headers, await self._reader.readexactly(length))


def _video_of(sdp: str) -> str:
    found = _VIDEO.search(sdp)
    if found is None:
        raise RtspError("no_stream")
    part = sdp[found.start() :]
    codec = _CODEC.search(part)
    if codec is not None:
        return codec[1].upper()
    payload = part.splitlines()[0].split()[-1]
    return _STATIC.get(payload, "unknown")


def authorization(challenges: list[str], method: str, url: str, login: Login) -> str:
    """The header that answers one of the challenges, Digest before Basic; empty where there is none that we can."""
    for challenge in challenges:
        scheme, _, rest = challenge.partition(" ")
        if scheme.lower() == "digest":
            values = parse_keqv_list(parse_http_list(rest))
            realm, nonce = values.get("realm", ""), values.get("nonce", "")
            secret = _md5(f"{login.user}:{realm}:{login.password}")
            response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{url}')}")
            return (
                f'Authorization: Digest username="{login.user}", realm="{realm}", nonce="{nonce}", '
                f'uri="{url}", response="{response}"\r\n'
            )
    if any(one.lower().startswith("basic") for one in challenges):
        return f"Authorization: Basic {base64.b64encode(':'.join(login).encode()).decode()}\r\n"
    return ""


def _md5(text: str) -> str:
    # What the protocol asks for (RFC 2617); it hides the password from who listens and no more.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
