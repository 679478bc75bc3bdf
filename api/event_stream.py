# SPDX-License-Identifier: Apache-2.0
"""The answer of a stream: it ends when the client goes away, and when the client takes nothing for too long."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.disconnect import waiting_for
from api.hang_up import hang_up

# The connection's buffers hold some seconds of events; who takes none of them for this long is frozen.
SEND_TIMEOUT_S = 20.0
_log = logging.getLogger(__name__)


class EventStream(Response):
    """Server-sent events (WHATWG HTML, section 9.2) from a generator of bytes."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the events end, the client is gone, or it is frozen."""
        async with waiting_for(receive) as gone:
            sending = asyncio.create_task(self._send(send))
            await asyncio.wait({sending, gone}, return_when="FIRST_COMPLETED")
            if not sending.done():
                sending.cancel()
            try:
                await sending
            except asyncio.CancelledError:
                if not gone.done():
                    raise
            except TimeoutError:
                _log.warning("a stream was given up: its client took nothing for %d s", SEND_TIMEOUT_S)
                hang_up(scope["client"])
            finally:
                await self._events.aclose()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for part in self._events:
            message = {"type": "http.response.body", "body": part, "more_body": True}
            await asyncio.wait_for(send(message), SEND_TIMEOUT_S)
        await send({"type": "http.response.body", "body": b""})
