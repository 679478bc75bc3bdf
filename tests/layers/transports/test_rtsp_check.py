# SPDX-License-Identifier: Apache-2.0
"""RTSP: what real cameras answer, what broken ones do, and both ways of signing in."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from layers.device_addresses import DeviceAddress, Login
from layers.transports.rtsp_check import RtspError, authorization, describe

H264 = (
    "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nm=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
)


def answer(status: str, body: str = "", *headers: str) -> bytes:
    lines = [f"RTSP/1.0 {status}", "CSeq: 1", *headers, f"Content-Length: {len(body.encode())}", "", body]
    return "\r\n".join(lines).encode()


@asynccontextmanager
async def camera(reply: Callable[[str], bytes]) -> AsyncIterator[DeviceAddress]:
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.append(task)
        try:
            while True:
                writer.write(reply((await reader.readuntil(b"\r\n\r\n")).decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield DeviceAddress("rtsp", "camera.example", "127.0.0.1", server.sockets[0].getsockname()[1], "/live")
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*talks), 5)


def replies(described: bytes) -> Callable[[str], bytes]:
    return lambda request: answer("200 OK") if request.startswith("OPTIONS") else described


async def test_the_codec_of_the_video_is_read_not_that_of_the_sound() -> None:
    async with camera(replies(answer("200 OK", H264))) as address:
        assert await describe(address, None) == "H264"


@pytest.mark.parametrize(
    ("described", "code"),
    [
        (answer("404 Not Found"), "no_stream"),
        (answer("200 OK", "v=0\r\nm=audio 0 RTP/AVP 0\r\n"), "no_stream"),
        (answer("200 OK", ""), "no_stream"),
        (answer("401 Unauthorized"), "login_refused"),
        (answer("403 Forbidden"), "login_refused"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "protocol_error"),
        (b"\x00\xff\xfe\r\n\r\n", "protocol_error"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", "protocol_error"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -5\r\n\r\n", "protocol_error"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n", "protocol_error"),
        (b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "protocol_error"),
        (b"x" * 200_000, "protocol_error"),
    ],
)
async def test_what_is_no_picture_has_a_name(described: bytes, code: str) -> None:
    async with camera(replies(described)) as address:
        with pytest.raises(RtspError) as failed:
            await describe(address, None)
    assert failed.value.code == code


@pytest.mark.parametrize(
    ("challenges", "expected"),
    [
        (
            ['WWW-Authenticate: Digest realm="r", nonce="n"'],
            r'Digest username="u", realm="r", nonce="n".*response="\w{32}"',
        ),
        (['WWW-Authenticate: Basic realm="r"'], r"Basic dTpw"),
        (['WWW-Authenticate: Basic realm="r"', 'WWW-Authenticate: Digest realm="r", nonce="n"'], "Digest"),
    ],
)
async def test_a_challenge_is_answered_digest_before_basic(challenges: list[str], expected: str) -> None:
    asked: list[str] = []

    def reply(request: str) -> bytes:
        asked.append(request)
        if request.startswith("OPTIONS"):
            return answer("200 OK")
        return answer("200 OK", H264) if "Authorization" in request else answer("401 Unauthorized", "", *challenges)

    async with camera(reply) as address:
        assert await describe(address, Login("u", "p")) == "H264"
    assert re.search(expected, asked[-1]) and "Authorization" not in asked[0] + asked[1]


def test_a_known_digest() -> None:
    """RFC 2069's arithmetic, by hand."""
    header = authorization(
        ['Digest realm="testrealm", nonce="abc"'], "DESCRIBE", "rtsp://h/x", Login("Mufasa", "Circle")
    )

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    expected = md5(f"{md5('Mufasa:testrealm:Circle')}:abc:{md5('DESCRIBE:rtsp://h/x')}")
    assert f'response="{expected}"' in header
    assert authorization(["Negotiate"], "DESCRIBE", "rtsp://h/x", Login("a", "b")) == ""
