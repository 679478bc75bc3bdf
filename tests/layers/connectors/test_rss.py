# SPDX-License-Identifier: Apache-2.0
"""Feeds of the press to items: identity, dates, markup, topics, copies; what is not kept; and that no bytes hurt."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalog.media import LAYER
from layers.connectors.base import Found, Message, Parsed, Refused
from layers.connectors.media_words import story_of, topic_of
from layers.connectors.rss import CONNECTOR, RssOptions
from layers.errors import Rejected
from layers.freshness import Known, judge
from layers.records import normalise
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ITEM = {
    "title": "Sạt lở bờ sông tại phường Linh Sơn",
    "guid": "bai-1",
    "link": "https://www.baothainguyen.vn/thoi-su/bai-1?utm_source=rss&amp;id=7#top",
    "description": "&lt;p&gt;Mưa lớn gây sạt lở.&lt;/p&gt;",
    "pubDate": "Sun, 22 Nov 2026 06:10:00 +0700",
}


def rss(*items: dict[str, str]) -> bytes:
    written = "".join(
        "<item>" + "".join(f"<{name}>{text}</{name.split()[0]}>" for name, text in item.items()) + "</item>"
        for item in items
    )
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    channel = f"<channel><title>Báo</title>{written}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}>{channel}</rss>'.encode()


def read(body: bytes, at: datetime = NOW, **options: Any) -> list[Parsed]:
    message = CONNECTOR.redact(Message(body, at, "application/rss+xml"))
    return list(CONNECTOR.parse(message, RssOptions(**options)))


def one(body: bytes, at: datetime = NOW, **options: Any) -> Found:
    (part,) = read(body, at, **options)
    assert isinstance(part, Found)
    return part


def test_an_item_becomes_one_record_that_names_its_commune_and_is_no_point() -> None:
    item = one(rss(ITEM), outlet="Báo Thái Nguyên")
    assert item.record == {
        "id": "Báo Thái Nguyên:bai-1", "kind": "press", "topic": "disaster", "sentiment": "neutral",
        "title": "Sạt lở bờ sông tại phường Linh Sơn", "outlet": "Báo Thái Nguyên",
        "link": "https://baothainguyen.vn/thoi-su/bai-1?id=7", "story": story_of(ITEM["title"]),
        "time": "2026-11-22T06:10:00+07:00",
    }  # fmt: skip
    assert item.hints.text == "Sạt lở bờ sông tại phường Linh Sơn. Mưa lớn gây sạt lở."
    assert normalise(LAYER, item.record, NOW).place is None


def test_atom_is_read_as_well() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss"><title>B</title>
      <entry><id>urn:x:1</id><title type="html">Khai hội &lt;b&gt;xuân&lt;/b&gt;</title>
      <updated>2026-11-22T06:00:00+07:00</updated><link rel="alternate" href="http://b.vn/1"/><summary>Lễ hội</summary>
      <georss:point>21.6 105.8</georss:point></entry></feed>"""
    item = one(atom.encode())
    assert [item.record[name] for name in ("id", "title", "topic")] == ["b.vn:urn:x:1", "Khai hội xuân", "tourism"]
    assert not {"lon", "lat", "geometry"} & item.record.keys()


def test_without_a_guid_the_canonical_address_is_the_identity() -> None:
    def plain(link: str) -> str:
        return str(one(rss({"title": "Tin", "link": link})).record["id"])

    first = plain("https://www.b.vn/a?utm_source=x&amp;fbclid=1")
    assert first.startswith("sha256:")
    assert plain("http://b.vn/a#x") == first
    assert plain("http://b.vn/a?id=2") != first


@pytest.mark.parametrize("date", ["", "hôm qua", "Sun, 22 Nov 2099 06:10:00 +0700", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_wrong_date_is_when_it_was_first_seen_and_stays_so(date: str) -> None:
    wrong = rss({**ITEM, "pubDate": date})
    first, later = one(wrong), one(wrong, NOW + timedelta(hours=6))
    assert first.record["time"] == "2026-11-22T10:00:00+07:00"
    known = Known(first.record["revision"], False)
    assert judge(later.record["revision"], known, None).outcome == "stale"
    assert judge(one(rss(ITEM)).record.get("revision"), known, None).is_due


def test_an_edited_headline_is_believed_in_the_order_of_arrival() -> None:
    assert "revision" not in one(rss(ITEM)).record


def test_a_guid_twice_in_a_feed_is_one_item() -> None:
    assert len(read(rss(ITEM, ITEM))) == 1
    newer = {**ITEM, "title": "Tin khác", "pubDate": "Sun, 22 Nov 2026 07:10:00 +0700"}
    for order in ((ITEM, newer), (newer, ITEM)):
        parts = read(rss(*order))
        assert [part.code for part in parts if isinstance(part, Refused)] == ["guid_repeated"]
        assert [part.record["title"] for part in parts if isinstance(part, Found)] == ["Tin khác"]


@pytest.mark.parametrize("title", [
    "&lt;b&gt;Cháy&lt;/b&gt; rừng &amp;amp; gió", "<![CDATA[<b>Cháy</b> rừng &amp; gió]]>",
    "&amp;lt;b&amp;gt;Cháy&amp;lt;/b&amp;gt;\n rừng &amp;amp;amp; gió", "<b>Cháy</b> rừng &amp;amp; gió",
])  # fmt: skip
def test_markup_leaves_headlines(title: str) -> None:
    assert one(rss({**ITEM, "title": title})).record["title"] == "Cháy rừng & gió"


def test_authors_full_texts_and_personal_data_are_not_kept() -> None:
    item = {**ITEM, "author": "a@b.vn (Nguyen)", "dc:creator": "Phóng viên X", "content:encoded": "Toàn văn",
            "description": "Gọi 0912 345 678 nhé", "guid": "g@b.vn"}  # fmt: skip
    kept = CONNECTOR.redact(Message(rss(item), NOW))
    for gone in ("Nguyen", "Phóng viên X", "Toàn văn", "0912 345 678"):
        assert gone not in kept.body.decode()
    assert one(rss(item)).record["id"].endswith(":g@b.vn")
    assert CONNECTOR.redact(kept) == kept


def test_a_feed_that_is_not_quite_well_formed_is_mended() -> None:
    broken = rss(ITEM).replace(b"bai-1?utm_source=rss&amp;id=7", b"bai-1?a=1&b=2").replace(b"</channel></rss>", b"")
    assert one(broken).record["title"] == ITEM["title"]


@pytest.mark.parametrize(("said", "sentiment"), [("negative", "negative"), ("-0.4", "negative"), ("0.9", "positive"),
                                                 ("0", "neutral"), ("vui", "neutral"), ("nan", "neutral")])
def test_a_sentiment_is_what_the_source_says(said: str, sentiment: str) -> None:
    assert one(rss({**ITEM, "sentiment": said})).record["sentiment"] == sentiment


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Tai nạn giao thông trên cao tốc Hà Nội - Thái Nguyên", "traffic"),
        ("Hơn 2.000 học sinh trở lại trường học sau lũ", "education"),
        ("Công an tỉnh khởi tố nhóm lừa đảo", "order"),
        ("Nhu cầu mua sắm tăng", "other"),
        ("Ô NHIỄM không khí ở mức xấu", "environment"),
    ],
)
def test_headlines_have_a_topic(title: str, topic: str) -> None:
    assert topic_of(title) == topic


def test_syndicated_copies_are_one_story() -> None:
    copies = ("Sạt lở ở Linh Sơn", "SẠT LỞ ở Linh Sơn! - Báo Thái Nguyên", "Sạt  lở ở Linh Sơn | VOV")
    assert len({story_of(copy) for copy in copies}) == 1
    assert story_of(copies[0]) != story_of("Sạt lở ở Gia Sàng")


@pytest.mark.parametrize(("item", "code"), [({"guid": "1"}, "title_missing"), ({"title": "Tin"}, "identity_missing"),
                                            ({"title": "Tin", "link": "javascript:alert(1)"}, "identity_missing")])
def test_an_item_that_says_nothing_is_refused_alone(item: dict[str, str], code: str) -> None:
    parts = read(rss(item, ITEM))
    assert [part.code for part in parts if isinstance(part, Refused)] == [code]
    assert sum(isinstance(part, Found) for part in parts) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "feed_unreadable"), (b"http://127.0.0.1/feed", "feed_unreadable"), (b"/etc/passwd", "feed_unreadable"),
        (b"<kml/>", "feed_unreadable"), (b'{"a":1}', "feed_unreadable"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>', "xml_doctype"),
        (b"<rss>" + b" " * 5_000_001, "xml_too_large"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_feed_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Rejected) as rejection:
        read(body)
    assert rejection.value.code == code


@FUZZ
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_become_items_or_a_typed_refusal(body: bytes) -> None:
    assert_typed(CONNECTOR, Message(body, NOW))


_PIECES = st.sampled_from([
    "<b>", "&amp;#0;", "&#xD;", "]]>", "http://[::1", "https://a.vn:99999/", "2026", "\u202e", "<",
    "Sun, 22 Nov 2026 06:10:00 +0700", "Sun, 99 Foo 99999 99:99:99 +9999", "-0.4", "nan", "|",
])  # fmt: skip
_NAMES = [
    "title", "guid", "link", "description", "pubDate", "sentiment", "category", "georss:point", "source", "enclosure",
    "content:encoded", "media:content", "itunes:duration", "geo:lat", "cloud", "textInput", "image", "updated",
]  # fmt: skip
_VALUE = st.lists(_PIECES | st.text(max_size=8), max_size=4).map("".join)


@FUZZ
@given(st.lists(st.dictionaries(st.sampled_from(_NAMES), _VALUE), max_size=3))
def test_any_items_become_records_that_the_layer_takes(items: list[dict[str, str]]) -> None:
    for part in assert_typed(CONNECTOR, Message(rss(*items), NOW)):
        if isinstance(part, Found):
            normalise(LAYER, part.record, NOW)
