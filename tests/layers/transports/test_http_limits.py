# SPDX-License-Identifier: Apache-2.0
"""What a scheduled pull never does, over real sockets: follow anywhere, swallow everything, wait for ever."""

import gzip
import ssl
import subprocess
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from layers.transports.http_answer import PullFailed
from tests.layers.transports.http_server import Answer, Seen, serving, visitor


async def test_credentials_never_follow_a_redirect_to_another_host() -> None:
    auth = {"kind": "bearer", "token": {"secret": "key"}}
    with serving(lambda seen: (200, [], {})) as other:
        away = other.url.replace("127.0.0.1", "localhost")
        with serving(lambda seen: (302, b"", {"Location": f"{away}/there"})) as server:
            with pytest.raises(PullFailed, match="host_refused: .*another host, localhost"):
                await visitor(server.url, auth=auth).visit()
            assert other.seen == []
            allowed = visitor(server.url, auth=auth, agency_code="H55", headers={"X-Own": "1"}, hosts=["localhost"])
            assert len(await allowed.visit()) == 1
    (seen,) = other.seen
    assert {"authorization", "x-agency-code", "x-own"}.isdisjoint(seen.headers)


async def test_a_redirect_on_the_same_host_is_followed_with_credentials() -> None:
    def answer(seen: Seen) -> Answer:
        return (308, b"", {"Location": "/new"}) if seen.path == "/" else (200, [], {})

    with serving(answer) as server:
        await visitor(server.url, auth={"kind": "bearer", "token": {"secret": "key"}}).visit()
    assert server.seen[-1].path == "/new" and server.seen[-1].headers["authorization"] == "Bearer k-1"


async def test_a_next_page_elsewhere_is_refused_or_brought_home() -> None:
    def answer(seen: Seen) -> Answer:
        links = [] if "p" in seen.query else [{"rel": "next", "href": "http://inner.invalid/items?p=2"}]
        return 200, {"links": links}, {}

    with serving(answer) as server:
        with pytest.raises(PullFailed, match="host_refused"):
            await visitor(f"{server.url}/items", paging={"kind": "link"}).visit()
        assert len(await visitor(f"{server.url}/items", paging={"kind": "link", "rebase": True}).visit()) == 2


async def test_a_redirect_to_a_file_of_this_machine_is_refused() -> None:
    with serving(lambda seen: (302, b"", {"Location": "file:///etc/passwd"})) as server:
        with pytest.raises(PullFailed, match="address_refused"):
            await visitor(server.url).visit()


async def test_an_answer_is_cut_off_at_its_limit_packed_or_not() -> None:
    bomb = gzip.compress(b"0" * 3_000_000)
    assert len(bomb) < 10_000
    with serving(lambda seen: (200, bomb, {"Content-Encoding": "gzip"})) as server:
        with pytest.raises(PullFailed, match="answer_too_large: .* more than 1000000 bytes"):
            await visitor(server.url, max_bytes=1_000_000).visit()


async def test_who_does_not_listen_and_who_does_not_answer() -> None:
    with serving(lambda seen: (200, [], {})) as server:
        gone = server.url
    with pytest.raises(PullFailed, match="unreachable: .*ConnectError"):
        await visitor(gone).visit()

    def hang(seen: Seen) -> Answer:
        release.wait(5)
        return 200, [], {}

    release = threading.Event()
    with serving(hang) as server:
        try:
            with pytest.raises(PullFailed, match="timed_out: .*within 0.2 s"):
                await visitor(server.url, timeout_s=0.2).visit()
        finally:
            release.set()


async def test_a_self_signed_certificate_is_refused_until_its_authority_is_named(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"https://localhost:{server.server_address[1]}/"
    try:
        with pytest.raises(PullFailed, match="unreachable: .*certificate verify failed"):
            await visitor(url).visit()
        assert len(await visitor(url, ca_file=str(cert)).visit()) == 1
        with pytest.raises(PullFailed, match="ca_file_unreadable"):
            await visitor(url, ca_file=str(tmp_path / "none.pem")).visit()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
