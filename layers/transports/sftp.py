# SPDX-License-Identifier: Apache-2.0
"""A drop folder on an SFTP server. The server's host key stands in the options: no key is believed at first sight.

Links are not followed; neither the agent nor the ``~/.ssh`` of the account that runs us is asked.
"""

from collections import deque
from collections.abc import AsyncIterator
from pathlib import PurePosixPath
from typing import Annotated, cast

import asyncssh
from pydantic import Field, field_validator, model_validator

from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.drop import MAX_LISTED, DropFile, DropOptions, take, utf8
from layers.transports.named_secret import NamedSecret

_MAX_DEPTH = 8


class SftpOptions(DropOptions):
    """A folder of an SFTP server.

    ``host_key``: as ``ssh-keyscan`` prints it, without the host. ``key``: a secret that is a private key.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=100)]
    host_key: str
    password: NamedSecret | None = None
    key: NamedSecret | None = None
    folder: str = "."
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30

    @field_validator("host_key")
    @classmethod
    def _public(cls, host_key: str) -> str:
        try:
            asyncssh.import_public_key(host_key)
        except asyncssh.KeyImportError as error:
            raise ValueError("'host_key' is a public key, such as: ssh-ed25519 AAAA…") from error
        return host_key

    @model_validator(mode="after")
    def _secret(self) -> "SftpOptions":
        if self.password is None and self.key is None:
            raise ValueError("'password' or 'key' names a secret")
        return self


class SftpFolder:
    """The folder on the server, as the rules of drop folders use one."""

    def __init__(self, client: asyncssh.SFTPClient, root: PurePosixPath, visit: Visit) -> None:
        self._client = client
        self._root = root
        self._options: SftpOptions = visit.options
        self._visit = visit
        self.is_open = True

    async def listing(self) -> list[DropFile]:
        """Files that are wanted.

        Raises:
            OSError: more files than a folder should hold.
        """
        found: list[DropFile] = []
        folders = deque([("", 0)])
        today = self._visit.clock().date()
        count = 0
        while folders:
            below, depth = folders.popleft()
            async for entry in self._client.scandir(str(self._root / below)):
                count += 1
                if count > MAX_LISTED:
                    raise OSError(f"more than {MAX_LISTED:,} files: move them after they are taken")
                name = _name(entry)
                path = f"{below}/{name}" if below else name
                if not name:
                    continue
                if entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                    if depth < _MAX_DEPTH and self._options.enters(path, today):
                        folders.append((path, depth + 1))
                elif entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and self._options.wants(path):
                    found.append(DropFile(path, entry.attrs.size or 0, float(entry.attrs.mtime or 0), 1.0))
        return found

    async def read(self, file: DropFile) -> bytes:
        """The content, at most one byte more than was listed."""
        try:
            async with self._client.open(str(self._root / file.path), "rb") as content:
                return cast(bytes, await content.read(file.size + 1))
        except asyncssh.SFTPError as error:
            raise _os_error(error) from error

    async def stamp(self, file: DropFile) -> str:
        """Size and time."""
        try:
            attributes = await self._client.lstat(str(self._root / file.path))
        except asyncssh.SFTPError:
            return "gone"
        return f"{attributes.size}/{attributes.mtime}"

    async def move(self, path: str, to: str) -> None:
        """Rename, over what is there."""
        target = str(self._root / to)
        try:
            await self._client.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
            try:
                await self._client.posix_rename(str(self._root / path), target)
            except asyncssh.SFTPOpUnsupported:
                if await self._client.exists(target):
                    await self._client.remove(target)
                await self._client.rename(str(self._root / path), target)
        except asyncssh.SFTPError as error:
            raise _os_error(error) from error

    async def delete(self, path: str) -> None:
        """Delete."""
        try:
            await self._client.remove(str(self._root / path))
        except asyncssh.SFTPError as error:
            raise _os_error(error) from error


def _name(entry: asyncssh.SFTPName) -> str:
    """A listed name that is one: no path, nothing that does not print."""
    name = entry.filename if isinstance(entry.filename, str) else entry.filename.decode(errors="replace")
    is_name = name not in (".", "..") and "/" not in name and name.isprintable()
    return utf8(name) if is_name else ""


def _os_error(error: asyncssh.SFTPError) -> OSError:
    """The error of a file, which does not end the visit as a lost connection does."""
    if isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath):
        return FileNotFoundError(error.reason)
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return PermissionError(error.reason)
    return OSError(error.reason)


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The finished files."""
    options: SftpOptions = visit.options
    password = None if options.password is None else options.password.text(visit.secret)
    key = None if options.key is None else options.key.text(visit.secret)
    connection = await asyncssh.connect(
        options.host,
        options.port,
        username=options.user,
        password=password,
        client_keys=None if key is None else [asyncssh.import_private_key(key)],
        known_hosts=([asyncssh.import_public_key(options.host_key)], [], []),
        agent_path=None,
        config=None,
        connect_timeout=options.timeout_s,
        login_timeout=options.timeout_s,
        keepalive_interval=options.timeout_s,
    )
    async with connection, connection.start_sftp_client() as client:
        root = PurePosixPath(await client.realpath(options.folder))
        folder = SftpFolder(client, root, visit)
        try:
            async for arrival in take(visit, folder):
                yield arrival
        finally:
            folder.is_open = False


TRANSPORT = Transport("sftp", Text("SFTP", "SFTP"), arrivals, SftpOptions)
