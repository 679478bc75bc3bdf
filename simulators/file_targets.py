# SPDX-License-Identifier: Apache-2.0
"""Where a simulated logger puts its files: a folder, an FTP or SFTP server; and servers of our own for a demo."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aioftp
import asyncssh

from simulators.station_lines import Sent

_PAUSE_S = 0.3


class Target(Protocol):
    """A place that files are written to."""

    async def write(self, path: str, body: bytes, *, more: bytes = b"") -> None:
        """Write a file, with the folders above it; with ``more`` in two goes, with a pause between."""

    async def rename(self, path: str, to: str) -> None:
        """Give a file its final name."""


class FolderTarget:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def write(self, path: str, body: bytes, *, more: bytes = b"") -> None:
        """Write, and go on writing after a pause."""
        file = self._root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            out.write(body)
            if more:
                out.flush()
                await asyncio.sleep(_PAUSE_S)
                out.write(more)

    async def rename(self, path: str, to: str) -> None:
        """Rename over what is there."""
        (self._root / path).replace(self._root / to)


class FtpTarget:
    """A folder of an FTP server."""

    def __init__(self, client: aioftp.Client, root: PurePosixPath) -> None:
        self._client = client
        self._root = root

    async def write(self, path: str, body: bytes, *, more: bytes = b"") -> None:
        """Upload; with more, the connection stalls in the middle."""
        place = self._root / path
        for folder in reversed(place.parents):
            if folder.is_relative_to(self._root) and folder != self._root:
                await self._client.command(f"MKD {folder}", ("257", "5xx"))
        async with self._client.upload_stream(place) as stream:
            await stream.write(body)
            if more:
                await asyncio.sleep(_PAUSE_S)
                await stream.write(more)

    async def rename(self, path: str, to: str) -> None:
        """Rename over what is there."""
        await self._client.command(f"DELE {self._root / to}", ("2xx", "5xx"))
        await self._client.rename(self._root / path, self._root / to)


class SftpTarget:
    """A folder of an SFTP server."""

    def __init__(self, client: asyncssh.SFTPClient, root: PurePosixPath) -> None:
        self._client = client
        self._root = root

    async def write(self, path: str, body: bytes, *, more: bytes = b"") -> None:
        """Upload; with more, the connection stalls in the middle."""
        await self._client.makedirs(str((self._root / path).parent), exist_ok=True)
        async with self._client.open(str(self._root / path), "wb") as out:
            await out.write(body)
            if more:
                await asyncio.sleep(_PAUSE_S)
                await out.write(more)

    async def rename(self, path: str, to: str) -> None:
        """Rename over what is there."""
        await self._client.posix_rename(str(self._root / path), str(self._root / to))


@contextlib.asynccontextmanager
async def target_of(address: str, key: Path | None = None) -> AsyncIterator[Target]:
    """A folder's path, ``ftp://user:password@host:port/folder`` or ``sftp://…``."""
    parts = urlsplit(address)
    if parts.scheme not in ("ftp", "sftp"):
        yield FolderTarget(Path(address))
        return
    host, user, password = (
        parts.hostname or "127.0.0.1",
        unquote(parts.username or "anonymous"),
        unquote(parts.password or ""),
    )
    if parts.scheme == "ftp":
        async with aioftp.Client.context(host, parts.port or 21, user, password or "logger") as client:
            yield FtpTarget(client, await client.get_current_directory() / parts.path.lstrip("/"))
        return
    keys = None if key is None else [str(key)]
    async with (
        asyncssh.connect(
            host, parts.port or 22, username=user, password=password or None, client_keys=keys, known_hosts=None,
            agent_path=None, config=None,
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):  # fmt: skip
        yield SftpTarget(sftp, PurePosixPath(await sftp.realpath(parts.path or ".")))


async def send(target: Target, sent: Sent) -> None:
    """Put one file there, the way its logger does."""
    if sent.how == "renamed":
        await target.write(f"{sent.name}.tmp", sent.body)
        await target.rename(f"{sent.name}.tmp", sent.name)
    elif sent.how == "slow":
        half = len(sent.body) // 2
        await target.write(sent.name, sent.body[:half], more=sent.body[half:])
    else:
        await target.write(sent.name, sent.body)


@contextlib.asynccontextmanager
async def ftp_server(folder: Path, port: int) -> AsyncIterator[str]:
    """An FTP server over a folder, for anonymous; answers its address."""
    user = aioftp.User(base_path=folder, home_path="/")
    server = aioftp.Server([user])
    await server.start("127.0.0.1", port)
    try:
        yield f"ftp://anonymous@127.0.0.1:{server.server.sockets[0].getsockname()[1]}/"
    finally:
        await server.close()


class _AnyoneWithThePassword(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("station", "station")


@contextlib.asynccontextmanager
async def sftp_server(folder: Path, port: int) -> AsyncIterator[tuple[str, str]]:
    """An SFTP server over a folder (user and password ``station``); answers its address and its host key."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1", port, server_host_keys=[key], server_factory=_AnyoneWithThePassword,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode()),
    )  # fmt: skip
    try:
        host_key = key.export_public_key().decode().strip()
        yield f"sftp://station:station@127.0.0.1:{server.get_port()}/", host_key
    finally:
        server.close()
        await server.wait_closed()
