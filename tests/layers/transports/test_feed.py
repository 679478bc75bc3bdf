# SPDX-License-Identifier: Apache-2.0
"""The feed transport: which document an entry names, where it may go, how much it takes, and when it asks again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.errors import Rejected
from layers.transports.base import Arrival, Visit
from layers.transports.feed import TRANSPORT, FeedOptions
from layers.transports.feed_entries import named_in
from layers.transports.http_answer import PullFailed
from simulators.small_server import Asked, BadDays, Reply, Service
from tests.connected.feeds import serving
from tests.support.fuzz import FUZZ

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class Site(Service):
    """Answers by path; what is not there is not found."""

    def __init__(self, **pages: Reply) -> None:
        super().__init__(BadDays())
        self.pages = pages

    def answer(self, asked: Asked) -> Reply:
        reply = self.pages.get(asked.path.strip("/").partition(".")[0], Reply(404, b"", "text/plain"))
        tag = reply.headers.get("ETag")
        if tag is not None and asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", reply.content_type, reply.headers)
        return reply


def atom(*links: str) -> Reply:
    entries = "".join(
        f"<entry><id>urn:{n}</id><title>t</title><updated>2026-11-22T00:00:0{n}Z</updated>{link}</entry>"
        for n, link in enumerate(links)
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title>{entries}</feed>'
    return Reply(200, body.encode(), "application/atom+xml", {"ETag": f'"{len(entries)}"'})


def link(href: str, kind: str = "application/cap+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}"/>'


async def visit(options: dict[str, Any], cursor: Any = None, secrets: dict[str, str] | None = None) -> list[Arrival]:
    known = Visit("s", FeedOptions(**options), cursor or {}, (secrets or {}).__getitem__, None, lambda: NOW)  # type: ignore[arg-type]
    return [arrival async for arrival in TRANSPORT.arrivals(known)]


async def test_the_index_itself_is_the_message_until_it_changes() -> None:
    site = Site(index=atom(link("/a.xml")))
    with serving(site) as url:
        (first,) = await visit({"address": f"{url}/index.atom?token=x"})
        assert (first.message.body, first.message.name) == (site.pages["index"].body, f"{url}/index.atom")
        assert await visit({"address": f"{url}/index.atom?token=x"}, first.cursor) == []
        site.pages["index"] = atom(link("/a.xml"), link("/b.xml"))
        assert len(await visit({"address": f"{url}/index.atom?token=x"}, first.cursor)) == 1
        # A cursor of another address is not believed.
        assert len(await visit({"address": f"{url}/index.atom"}, first.cursor)) == 1


async def test_each_document_comes_once_the_oldest_first() -> None:
    page = Reply(200, b"<alert/>", "application/cap+xml")
    site = Site(index=atom(link("b.xml"), link("a.xml")), a=page, b=page, c=page)
    with serving(site) as url:
        options = {"address": f"{url}/index.atom", "follow": True}
        arrivals = await visit(options)
        assert [one.message.name for one in arrivals] == [f"{url}/a.xml", f"{url}/b.xml"]
        assert await visit(options, arrivals[-1].cursor) == []
        # In the middle of a visit the index is not taken for read.
        assert "etag" not in (arrivals[0].cursor or {})
        site.pages["index"] = atom(link("b.xml"), link("a.xml"), link("c.xml"))
        (new,) = await visit(options, arrivals[-1].cursor)
        assert new.message.name == f"{url}/c.xml"


async def test_what_is_gone_or_elsewhere_becomes_an_empty_message_and_is_not_asked_again() -> None:
    site = Site(index=atom(link("gone.xml"), link("http://elsewhere.example/x.xml")))
    with serving(site) as url:
        options = {"address": f"{url}/index.atom", "follow": True}
        arrivals = await visit(options)
        assert [(one.message.body, one.message.headers["not-fetched"]) for one in arrivals] == [
            (b"", "host_not_allowed"), (b"", "http_404"),
        ]  # fmt: skip
        assert await visit(options, arrivals[-1].cursor) == []


async def test_redirects_stay_on_hosts_that_are_allowed() -> None:
    there = Reply(302, b"", "text/plain", {"Location": "/index.atom"})
    site = Site(index=atom(), here=there, loop=Reply(301, b"", "text/plain", {"Location": "/loop"}))
    with serving(site) as url:
        away = url.replace("127.0.0.1", "localhost")
        site.pages["away"] = Reply(307, b"", "text/plain", {"Location": f"{away}/index.atom"})
        assert len(await visit({"address": f"{url}/here"})) == 1
        for path, code in (("away", "host_not_allowed"), ("loop", "http_301")):
            with pytest.raises(PullFailed) as failure:
                await visit({"address": f"{url}/{path}"})
            assert failure.value.code == code
        assert len(await visit({"address": f"{url}/away", "hosts": ("localhost",)})) == 1


async def test_the_key_goes_to_the_host_of_the_index_alone() -> None:
    site = Site(index=atom(), doc=Reply(200, b"<alert/>", "application/cap+xml"))
    with serving(site) as url:
        away = url.replace("127.0.0.1", "localhost")
        site.pages["index"] = atom(link("doc.xml"), link(f"{away}/doc.xml"))
        options = {"address": f"{url}/index", "follow": True, "hosts": ("localhost",), "key": {"secret": "k"}}
        await visit(options, secrets={"k": "geheim\n"})
        sent = {asked.headers["host"].partition(":")[0]: asked.headers.get("authorization") for asked in site.asked}
        assert sent == {"127.0.0.1": "Bearer geheim", "localhost": None}


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (Reply(200, b"x" * 2_000, "text/plain"), "too_large"),
        (Reply(500, b"", "text/plain"), "http_500"),
        (Reply(304, b"", "text/plain"), "http_304"),
        (Reply(200, b"<html><body>no feed</body></html>", "text/html"), "feed_unreadable"),
    ],
)
async def test_an_index_that_cannot_be_had_fails_the_visit(page: Reply, code: str) -> None:
    with serving(Site(index=page)) as url, pytest.raises(PullFailed) as failure:
        await visit({"address": f"{url}/index", "follow": True, "max_bytes": 1_000})
    assert failure.value.code == code


async def test_nobody_there_fails_the_visit() -> None:
    with serving(Site()) as url:
        pass
    with pytest.raises(PullFailed, match="not_reached"):
        await visit({"address": url, "timeout_s": 2})


@pytest.mark.parametrize("address", ["ftp://a.vn/", "http:///x", "http://a.vn:99999/", "file:///etc/passwd", ""])
def test_an_address_is_one_of_the_web(address: str) -> None:
    with pytest.raises(ValidationError):
        FeedOptions(address=address)


@pytest.mark.parametrize(
    ("links", "address"),
    [
        ([link("a.html", "text/html"), link("a.cap", "application/cap+xml")], "http://h/f/a.cap"),
        ([link("a.html", "text/html"), link("b", "application/xml", "enclosure")], "http://h/f/b"),
        ([link("a.html", "text/html"), link("/x.xml?y=1", "text/plain")], "http://h/x.xml?y=1"),
        ([link("a.html", "text/html")], "http://h/f/a.html"),
        ([link("javascript:alert(1)")], None),
        ([link("http://[::1")], None),
        ([], None),
    ],
)
def test_an_entry_names_its_document(links: list[str], address: str | None) -> None:
    found = named_in(atom("".join(links)).body, "http://h/f/index.atom")
    assert [one.address for one in found] == ([] if address is None else [address])


@FUZZ
@given(st.binary(max_size=200) | st.lists(st.text(max_size=20), max_size=3).map(lambda all: atom(*map(link, all)).body))
def test_any_index_names_documents_or_is_refused(body: bytes) -> None:
    try:
        found = named_in(body, "http://h/")
    except Rejected as rejection:
        assert rejection.code in ("feed_unreadable", "xml_doctype")
        return
    assert all(one.address.startswith(("http://", "https://")) for one in found)
