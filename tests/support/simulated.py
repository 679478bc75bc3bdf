# SPDX-License-Identifier: Apache-2.0
"""Simulated platforms that run in a thread of the test, on a free port."""

import contextlib
import threading
from collections.abc import Iterator

from simulators.small_server import Service, listen


@contextlib.contextmanager
def running(service: Service) -> Iterator[str]:
    """Serve until the test is over; answers the address."""
    server = listen(service, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
