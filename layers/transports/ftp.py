# SPDX-License-Identifier: Apache-2.0
"""A drop folder on an FTP server, plain or with explicit TLS: where the loggers of stations send their files.

Servers list by ``MLSD``, or by ``LIST`` to the minute; see ``DropFile.coarse_s``. Links are not followed.
"""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import aioftp
from pydantic import Field

from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.drop import MAX_LISTED, DropFile, DropOptions, take, utf8
from layers.transports.ftp_tls import FtpClient
from layers.transports.named_secret import NamedSecret

_MAX_DEPTH = 8
_BLOCK_BYTES = 65_536
_MINUTE_S = 60.0
_log = logging.getLogger(__name__)


class FtpOptions(DropOptions):
    """A folder of an FTP server. ``ca_file``: whose certificates are believed, where not those of this machine."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 21
    user: str = "anonymous"
    password: NamedSecret | None = None
    folder: str = "."
    tls: Literal["none", "explicit"] = "none"
    ca_file: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30
    encoding: str = "utf-8"


class FtpFolder:
    """The folder on the server, as the rules of drop folders use one. One command at a time goes over a connection."""

    def __init__(self, client: aioftp.Client, root: PurePosixPath, visit: Visit) -> None:
        self._client = client
        self._root = root
        self._options: FtpOptions = visit.options
        self._visit = visit
        self._lock = asyncio.Lock()
        self.is_open = True
        self._lists_by: Literal["MLSD", "LIST"] = "MLSD"

    async def listing(self) -> list[DropFile]:
        """Files that are wanted.

        Raises:
            OSError: more files than a folder should hold.
        """
        found: list[DropFile] = []
        folders = deque([("", 0)])
        today = self._visit.clock().date()
        while folders:
            below, depth = folders.popleft()
            for name, facts in await self._entries(below):
                path = f"{below}/{name}" if below else name
                if facts.get("type") == "dir" and depth < _MAX_DEPTH and self._options.enters(path, today):
                    folders.append((path, depth + 1))
                elif facts.get("type") == "file" and self._options.wants(path):
                    found.append(_file(path, facts))
                if len(found) > MAX_LISTED:
                    raise OSError(f"more than {MAX_LISTED:,} files: move them after they are taken")
        return found

    async def read(self, file: DropFile) -> bytes:
        """The content.

        Raises:
            FileNotFoundError: the server does not give it now; the next visit asks again.
            OSError: it grew beyond what is taken.
        """
        content = bytearray()
        try:
            async with self._lock, self._client.download_stream(self._root / file.path) as stream:
                async for block in stream.iter_by_block(_BLOCK_BYTES):
                    content += block
                    if len(content) > self._options.max_bytes:
                        raise OSError(f"{file.path} grew beyond {self._options.max_bytes} bytes")
        except aioftp.StatusCodeError as error:
            _log.warning("source %s: %s was not given: %s", self._visit.source, file.path, _said(error))
            raise FileNotFoundError(file.path) from error
        return bytes(content)

    async def stamp(self, file: DropFile) -> str:
        """Size and time to the second, where the server says them of one file; else nothing."""
        said = []
        async with self._lock:
            for command in ("SIZE", "MDTM"):
                code, lines = await self._client.command(f"{command} {self._root / file.path}", ("213", "4xx", "5xx"))
                said.append(lines[-1].strip() if code == "213" else "")
        return "/".join(said)

    async def move(self, path: str, to: str) -> None:
        """Rename, over what is there.

        Raises:
            OSError: the server does not allow it.
        """
        target = self._root / to
        async with self._lock, _as_os_error():
            await self._make_folder(target.parent)
            try:
                await self._client.rename(self._root / path, target)
            except aioftp.StatusCodeError:
                await self._client.remove_file(target)
                await self._client.rename(self._root / path, target)

    async def delete(self, path: str) -> None:
        """Delete.

        Raises:
            OSError: the server does not allow it.
        """
        async with self._lock, _as_os_error():
            await self._client.remove_file(self._root / path)

    async def _entries(self, below: str) -> list[tuple[str, dict[str, Any]]]:
        async with self._lock:
            if self._lists_by == "MLSD":
                try:
                    return await self._listed(below)
                except aioftp.StatusCodeError as error:
                    if not error.received_codes[-1].matches("50x"):
                        raise
                    self._lists_by = "LIST"
            return await self._listed(below)

    async def _listed(self, below: str) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        async for path, facts in self._client.list(self._root / below, raw_command=self._lists_by):
            # Servers may list what they like; a name that is a path or holds a line end is none.
            if path.name and path.parent == self._root / below and path.name.isprintable() and "link_dst" not in facts:
                found.append((path.name, dict(facts)))
            if len(found) > MAX_LISTED:
                raise OSError(f"more than {MAX_LISTED:,} entries in one folder")
        return found

    async def _make_folder(self, folder: PurePosixPath) -> None:
        missing = folder.relative_to(self._root).parts
        for depth in range(1, len(missing) + 1):
            # Many servers answer 550 for a folder that is there already: the rename tells whether it is.
            await self._client.command(f"MKD {self._root.joinpath(*missing[:depth])}", ("257", "5xx", "2xx"))


@asynccontextmanager
async def _as_os_error() -> AsyncIterator[None]:
    """What a server refuses to do with one file, as the error of a file: it does not end the visit."""
    try:
        yield
    except aioftp.StatusCodeError as error:
        raise OSError(f"the server says {_said(error)}") from error


def _said(error: aioftp.StatusCodeError) -> str:
    return f"{error.received_codes[-1]} {' '.join(str(error.info[-1]).split())}"


def _file(path: str, facts: dict[str, Any]) -> DropFile:
    # LIST ends in whole minutes and has a mode; MLSD says seconds.
    coarse_s = _MINUTE_S if "unix.mode" in facts and "unix.links" in facts else 0.0
    return DropFile(utf8(path), int(facts.get("size", 0)), _moment(str(facts.get("modify", ""))), coarse_s)


def _moment(text: str) -> float:
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _context(options: FtpOptions) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=None if options.ca_file is None else str(options.ca_file))


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The finished files."""
    options: FtpOptions = visit.options
    password = "anonymous@" if options.password is None else options.password.text(visit.secret)
    client = FtpClient(
        socket_timeout=options.timeout_s,
        connection_timeout=options.timeout_s,
        encoding=options.encoding,
        trust_server_pasv_ipv4_address=False,  # a server must not send us to another machine
    )
    try:
        await client.connect(options.host, options.port)
        if options.tls == "explicit":
            await client.upgrade_to_tls(_context(options))
        await client.login(options.user, password)
        root = await client.get_current_directory() / options.folder
        folder = FtpFolder(client, root, visit)
        try:
            async for arrival in take(visit, folder):
                yield arrival
        finally:
            folder.is_open = False
        await client.quit()
    finally:
        client.close()


TRANSPORT = Transport("ftp", Text("FTP, FTPS", "FTP, FTPS"), arrivals, FtpOptions)
