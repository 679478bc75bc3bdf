# SPDX-License-Identifier: Apache-2.0
"""The scheduled pull over real sockets: pages, windows, cursors, and files that did not change."""

from typing import Any

import pytest

from layers.transports.http_answer import PullFailed
from layers.transports.http_options import HttpOptions
from tests.layers.transports.http_server import Answer, Seen, serving, visitor

PAGES = [[1, 2], [3, 4], [5]]


def by_offset(seen: Seen) -> Answer:
    """Five records, two a page."""
    offset = int(seen.query["offset"])
    return 200, {"rows": [one for page in PAGES for one in page][offset : offset + 2]}, {}


OFFSET = {"kind": "offset", "size": 2, "items": "rows"}


async def test_pages_by_offset_until_one_is_not_full() -> None:
    with serving(by_offset) as server:
        pages = await visitor(server.url, paging=OFFSET).bodies()
    assert [page["rows"] for page in pages] == PAGES
    assert [query["offset"] for query in server.queries("/")] == ["0", "2", "4"]


async def test_pages_by_number_until_one_is_empty() -> None:
    def answer(seen: Seen) -> Answer:
        number = int(seen.query["trang"])
        return 200, {"rows": PAGES[number - 1] if number <= 3 else []}, {}

    with serving(answer) as server:
        pages = await visitor(server.url, paging={"kind": "page", "page": "trang", "items": "rows"}).bodies()
    assert [page["rows"] for page in pages] == [*PAGES, []]


async def test_pages_by_links_in_json_and_in_the_header() -> None:
    def answer(seen: Seen) -> Answer:
        match seen.query.get("p"):
            case None:
                return 200, {"links": [{"rel": "next", "href": "?p=2"}]}, {}
            case "2":
                return 200, {"links": []}, {"Link": '</x?p=3>; rel="next"'}
        return 200, {"last": True}, {}

    with serving(answer) as server:
        pages = await visitor(f"{server.url}/x", params={"limit": 7}, paging={"kind": "link"}).bodies()
    assert len(pages) == 3 and pages[-1] == {"last": True}
    assert server.queries("/x") == [{"limit": "7"}, {"p": "2"}, {"p": "3"}]


async def test_pages_by_token_in_a_posted_body() -> None:
    def answer(seen: Seen) -> Answer:
        return 200, {"next": None if b'"after":"b"' in seen.body else "b"}, {}

    paging = {"kind": "token", "path": "next", "param": "after", "place": "body"}
    with serving(answer) as server:
        asked = visitor(server.url, method="POST", body={"since": "{since}"}, paging=paging, time_format="epoch_s")
        assert len(await asked.visit()) == 2
    assert [one.body for one in server.seen] == [b'{"since":"1792719000"}', b'{"since":"1792719000","after":"b"}']


async def test_a_page_that_names_itself_as_the_next_ends_with_a_failure() -> None:
    def answer(seen: Seen) -> Answer:
        return 200, {"next": "/?p=1"}, {}

    with serving(answer) as server, pytest.raises(PullFailed, match="paging_loops"):
        await visitor(f"{server.url}/?p=1", paging={"kind": "token", "path": "next"}).visit()


async def test_a_page_without_its_list_is_a_failure_and_not_the_end() -> None:
    with serving(lambda seen: (200, {"loi": 1}, {})) as server, pytest.raises(PullFailed, match="paging_lost"):
        await visitor(server.url, paging=OFFSET).visit()


async def test_a_failure_in_the_middle_goes_on_where_it_stopped_and_in_the_same_window() -> None:
    broken = True

    def answer(seen: Seen) -> Answer:
        if broken and seen.query["offset"] == "2":
            return 503, {"message": "bảo trì"}, {"Retry-After": "7"}
        return by_offset(seen)

    with serving(answer) as server:
        pulling = visitor(server.url, params={"tu": "{since}"}, paging=OFFSET)
        with pytest.raises(PullFailed) as caught:
            await pulling.visit()
        assert (caught.value.code, caught.value.retry_after_s) == ("unavailable", 7)
        assert "bảo trì" in caught.value.detail
        broken = False
        pages = await pulling.later(3600).bodies()
        assert [page["rows"] for page in pages] == PAGES[1:]
        windows = {query["tu"] for query in server.queries("/")}
        assert len(windows) == 1, "what came after the failure belongs to the window that had begun"
        await pulling.later(60).visit()
    # The next window begins where the first one ended, less the overlap: not an hour later.
    assert server.queries("/")[-1]["tu"] == "2026-11-22T08:15:00+07:00"


async def test_a_window_that_is_gone_over_there_is_asked_for_anew() -> None:
    def answer(seen: Seen) -> Answer:
        return (410, {}, {}) if "p" in seen.query else (200, {"rows": []}, {})

    with serving(answer) as server:
        pulling = visitor(server.url, params={"tu": "{since}"}, paging={"kind": "link"})
        kept = {"since": "2026-11-20T00:00:00+00:00", "until": "2026-11-21T00:00:00+00:00"}
        pulling.cursor = {"window": kept, "next": {"url": f"{server.url}/?p=9", "page": 9}}
        assert len(await pulling.visit()) == 1
    assert server.queries("/") == [{"p": "9"}, {"tu": "2026-11-20T06:45:00+07:00"}]


async def test_so_many_pages_a_visit_and_the_rest_in_the_next() -> None:
    with serving(by_offset) as server:
        pulling = visitor(server.url, paging=OFFSET, max_pages=2)
        assert [page["rows"] for page in await pulling.bodies()] == PAGES[:2]
        assert [page["rows"] for page in await pulling.bodies()] == PAGES[2:]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("iso", "2026-10-23T08:30:00+07:00"),
        ("utc", "2026-10-23T01:30:00Z"),
        ("epoch_ms", "1792719000000"),
        ("%d/%m/%Y %H:%M", "23/10/2026 08:30"),
    ],
)
async def test_the_window_is_told_in_the_form_of_the_other_side(form: str, told: str) -> None:
    with serving(lambda seen: (200, [], {})) as server:
        await visitor(server.url, params={"w": "{since}"}, time_format=form).visit()
    assert server.queries("/") == [{"w": told}]


async def test_a_file_that_did_not_change_is_not_sent_again() -> None:
    def answer(seen: Seen) -> Answer:
        headers = {"ETag": '"v1"', "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"}
        return (304, b"", headers) if seen.headers.get("if-none-match") == '"v1"' else (200, b"id;x\n", headers)

    with serving(answer) as server:
        pulling = visitor(f"{server.url}/a.csv")
        (arrival,) = await pulling.visit()
        assert arrival.message.name == f"{server.url}/a.csv#0" and arrival.message.headers["etag"] == '"v1"'
        assert await pulling.visit() == []
    assert "if-modified-since" in server.seen[1].headers


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"url": "ftp://x/"}, "no http or https"),
        ({"url": "https://u:p@x/"}, "must not hold a password"),
        ({"params": {"a": "{sinse}"}}, "params.a: there is no {sinse}"),
        ({"body": {}}, "needs 'method: POST'"),
        ({"paging": {"kind": "token", "path": "a["}}, "no JMESPath"),
        ({"auth": {"kind": "bearer", "token": "text"}}, "token"),
        (
            {"url": "http://lgsp.example/", "auth": {"kind": "bearer", "token": {"secret": "a"}}},
            "credentials need https",
        ),
        ({"headers": {"X": "a\nb"}}, "headers"),
        ({"agency_code": "H55\r\nX: y"}, "agency_code"),
    ],
)
def test_wrong_options_are_refused_when_the_file_is_read(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        HttpOptions.model_validate({"url": "https://x/", **given})
    assert sentence in str(caught.value)
