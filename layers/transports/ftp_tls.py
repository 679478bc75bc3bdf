# SPDX-License-Identifier: Apache-2.0
"""aioftp's client for servers that begin TLS on a data connection only after the command (RFC 4217, section 12.7).

aioftp shakes hands as soon as the connection is open; vsftpd, ProFTPD and Pure-FTPd wait for the command first, and
both would wait for ever. Here the connection opens plain, the command goes out, and then TLS begins, with the session
of the control connection, which vsftpd asks for.
"""

import asyncio
import ssl
from typing import Any

import aioftp
from aioftp.client import DataConnectionThrottleStreamIO
from aioftp.common import SSLSessionBoundContext, async_enterable


class FtpClient(aioftp.Client):
    """Plain, or with explicit TLS after ``upgrade_to_tls``."""

    _newest: asyncio.StreamWriter | None = None

    @async_enterable
    async def get_stream(self, *arguments: Any, **named: Any) -> DataConnectionThrottleStreamIO:
        """A data connection, encrypted where the control connection is."""
        try:
            stream = await super().get_stream(*arguments, **named)
            context = self._data_context()
            if context is not None:
                await stream.start_tls(context, self.server_host)
        except BaseException:
            if self._newest is not None and self._newest is not self.stream.writer:
                self._newest.close()  # the command was refused: nobody else closes what was opened for it
            raise
        return stream

    async def _open_connection(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), self.connection_timeout)
        self._newest = writer
        return reader, writer

    def _data_context(self) -> ssl.SSLContext | None:
        control = self.stream.writer.transport.get_extra_info("ssl_object")
        if control is None:
            return None
        bound: ssl.SSLContext = SSLSessionBoundContext(
            ssl.PROTOCOL_TLS_CLIENT, context=control.context, session=control.session
        )
        return bound
