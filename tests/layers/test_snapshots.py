# SPDX-License-Identifier: Apache-2.0
"""Pictures of cameras: bounded, JPEG only, asked once for all who look, and the login goes nowhere else."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from PIL import Image

from geo.errors import Unavailable
from layers import snapshots
from layers.device_addresses import Login, Networks
from layers.snapshots import MAX_BYTES, Snapshots, marked

URL = "http://10.1.2.3/snap.jpg"
LOGIN = Login("admin", "secret-of-the-camera")
DIGEST = 'Digest realm="cam", nonce="n", qop="auth", algorithm=MD5'


def jpeg(width: int = 64, height: int = 48) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), (200, 10, 10)).save(made, "JPEG")
    return made.getvalue()


JPEG = jpeg()


async def take(reply: Callable[[httpx.Request], httpx.Response], url: str = URL, login: Login | None = LOGIN) -> bytes:
    pictures = Snapshots(Networks(), transport=httpx.MockTransport(reply))
    try:
        return await pictures.of(1, url, login)
    finally:
        await pictures.close()


async def refused(reply: Callable[[httpx.Request], httpx.Response], url: str = URL) -> str:
    with pytest.raises(Unavailable) as failed:
        await take(reply, url)
    assert LOGIN.password not in failed.value.detail
    return failed.value.code


def ok(body: bytes) -> httpx.Response:
    """An answer that is read as it comes, as from a network."""

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    return httpx.Response(200, content=parts())


def picture(request: httpx.Request) -> httpx.Response:
    return ok(JPEG)


@pytest.mark.parametrize(
    ("challenges", "expected"),
    [
        ([], [None]),
        ([DIGEST], [None, "Digest"]),
        (['Basic realm="cam"'], [None, "Basic"]),
        (['Basic realm="cam"', DIGEST], [None, "Digest"]),
    ],
)
async def test_the_login_is_sent_only_when_it_is_asked_for(challenges: list[str], expected: list[str | None]) -> None:
    sent: list[str | None] = []

    def reply(request: httpx.Request) -> httpx.Response:
        header = request.headers.get("authorization")
        sent.append(header and header.split(" ")[0])
        if challenges and header is None:
            return httpx.Response(401, headers=[("WWW-Authenticate", one) for one in challenges])
        return picture(request)

    assert await take(reply) == JPEG
    assert sent == expected


async def test_a_camera_that_sends_us_elsewhere_is_not_followed() -> None:
    asked: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/latest"})

    assert await refused(reply) == "camera_failed" and asked == [URL]


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield JPEG + bytes(1_000_000)


async def _stuck() -> AsyncIterator[bytes]:
    yield JPEG[:20]
    await asyncio.Event().wait()


def fails(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (lambda request: ok(b"<html>login</html>"), "camera_not_jpeg"),
        (lambda request: ok(b""), "camera_not_jpeg"),
        (lambda request: ok(b"\xff\xd8"), "camera_not_jpeg"),
        (lambda request: httpx.Response(200, content=_endless()), "camera_too_large"),
        (lambda request: httpx.Response(200, content=_stuck()), "camera_timeout"),
        (lambda request: httpx.Response(401), "camera_login_refused"),
        (lambda request: httpx.Response(401, headers={"WWW-Authenticate": DIGEST}), "camera_login_refused"),
        (lambda request: httpx.Response(401, headers={"WWW-Authenticate": "Digest realm"}), "camera_login_refused"),
        (
            lambda request: httpx.Response(401, headers={"WWW-Authenticate": DIGEST.replace("MD5", "ROT13")}),
            "camera_login_refused",
        ),
        (lambda request: httpx.Response(500), "camera_failed"),
        (fails, "camera_unreachable"),
    ],
)
async def test_what_is_no_picture_has_a_name(
    reply: Callable[[httpx.Request], httpx.Response], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "TIMEOUT_S", 0.3 if code == "camera_timeout" else 3.0)
    assert await refused(reply) == code
    assert MAX_BYTES == 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://8.8.8.8/a.jpg", "camera_address_not_allowed"),
        ("ftp://10.1.2.3/a.jpg", "camera_address_invalid"),
        ("http://admin:x@10.1.2.3/a.jpg", "camera_address_has_password"),
    ],
)
async def test_only_cameras_are_asked(url: str, code: str) -> None:
    assert await refused(picture, url) == code


async def test_many_who_look_at_once_ask_the_camera_once_and_soon_after_not_again() -> None:
    gate, asked = asyncio.Event(), 0

    async def reply(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        await gate.wait()
        return picture(request)

    pictures = Snapshots(Networks(), transport=httpx.MockTransport(reply))
    waiting = [asyncio.create_task(pictures.of(1, URL, None)) for _ in range(10)]
    other = asyncio.create_task(pictures.of(2, URL, None))
    while asked < 2:
        await asyncio.sleep(0)
    waiting[0].cancel()  # who goes away does not end it for the others
    gate.set()
    assert await asyncio.gather(*waiting[1:]) == [JPEG] * 9 and await other == JPEG
    assert await pictures.of(1, URL, None) == JPEG and asked == 2
    await pictures.close()


async def test_a_failure_is_not_kept() -> None:
    answers = iter([httpx.Response(503), ok(JPEG)])
    pictures = Snapshots(Networks(), transport=httpx.MockTransport(lambda request: next(answers)))
    with pytest.raises(Unavailable):
        await pictures.of(1, URL, None)
    assert await pictures.of(1, URL, None) == JPEG
    await pictures.close()


def test_a_picture_says_who_looked_and_tells_nothing_else() -> None:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "maker"
    Image.new("RGB", (640, 360), (200, 10, 10)).save(made, "JPEG", exif=exif)
    shown = Image.open(io.BytesIO(marked(made.getvalue(), "operator-1  22/11/2026 07:31:05")))
    assert shown.size == (640, 360) and not shown.getexif()
    corner = shown.crop((0, 320, 200, 360)).convert("L")
    assert min(corner.tobytes()) < 30 and max(corner.tobytes()) > 220
    assert Image.open(io.BytesIO(marked(JPEG, "người dùng"))).size == (64, 48)


@pytest.mark.parametrize("body", [b"\xff\xd8\xff", b"\xff\xd8\xff" + b"x" * 999, JPEG[:60], b"GIF89a"])
def test_what_cannot_be_decoded_is_refused(body: bytes) -> None:
    with pytest.raises(Unavailable) as failed:
        marked(body, "x")
    assert failed.value.code == "camera_not_jpeg"


def test_an_unreasonable_picture_is_refused_before_it_is_unpacked() -> None:
    bomb = jpeg(16, 16).replace(b"\x00\x10\x00\x10\x03", b"\xff\xf0\xff\xf0\x03")
    with pytest.raises(Unavailable) as failed:
        marked(bomb, "x")
    assert failed.value.code in ("camera_too_large", "camera_not_jpeg")
