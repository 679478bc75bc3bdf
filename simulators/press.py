# SPDX-License-Identifier: Apache-2.0
"""Newspapers: an RSS 2.0 and an Atom feed whose headlines name communes, with the faults that such feeds have.

``/rss.xml`` is one newspaper, ``/atom.xml`` another that prints some of the same stories. Both answer 304 to who has
them already. Headlines are made up; nobody is named.
"""

import argparse
import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from random import Random
from xml.sax.saxutils import escape

from simulators.boundaries import Unit, load_ground
from simulators.small_server import Asked, BadDays, Reply, Service, run

PORT = 8462
VIETNAM = timezone(timedelta(hours=7))
STORIES = (
    ("Mưa lớn gây sạt lở trên địa bàn {place}", "Nhiều tuyến đường bị chia cắt, chưa có thiệt hại về người."),
    ("Ùn tắc giao thông kéo dài qua {place}", "Lực lượng chức năng phân luồng từ xa."),
    ("{place} hoàn thành chỉ tiêu tiêm chủng mở rộng", "Trạm y tế tổ chức tiêm vét vào cuối tuần."),
    ("Học sinh {place} thi đua trong năm học mới", "Các trường đã sửa chữa xong phòng học."),
    ("Người dân {place} phản ánh ô nhiễm từ bãi rác", "Cơ quan môi trường đã lấy mẫu nước thải."),
    ("Công an {place} cảnh báo thủ đoạn lừa đảo mới", "Người dân không cung cấp mã xác thực."),
    ("Khởi công hạ tầng cấp nước sạch tại {place}", "Công trình phục vụ hàng nghìn hộ."),
    ("Rà soát quy hoạch đất đai ở {place}", "Hoàn thành trong quý tới."),
    ("Lễ hội chè tại {place} thu hút du khách", "Nhiều hoạt động văn hóa diễn ra trong ba ngày."),
    ("{place} rút ngắn thủ tục hành chính", "Dịch vụ công trực tuyến đạt tỷ lệ cao."),
    ("Chợ phiên cuối tuần ở {place}", "Sức mua tăng nhẹ."),
)


@dataclass(frozen=True)
class Item:
    """One story in one newspaper."""

    guid: str
    title: str
    summary: str
    path: str
    date: str
    place: tuple[float, float] | None


class Press(Service):
    """Two newspapers.

    Args:
        wrong_dates: share of items with a date that cannot be.
        duplicates: share of items that come twice, half of them with another headline.
        every_s: how long after the start each further story comes out; 0: all are out.
    """

    def __init__(
        self, count: int = 120, seed: str = "press", now: datetime | None = None, *, wrong_dates: float = 0.1,
        duplicates: float = 0.1, every_s: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(BadDays(seed))
        now = (now or datetime.now(UTC)).replace(microsecond=0)
        units = load_ground().province
        self._every_s, self._began, self._seed = every_s, time.monotonic(), seed
        self.first: list[Item] = []
        self.second: list[Item] = []
        for number in range(count):
            rng = Random(f"{seed}/{number}")
            unit, (title, summary) = rng.choice(units), rng.choice(STORIES)
            moment = now - timedelta(minutes=7 * (count - number))
            title = title.format(place=unit.place)
            title = title[0].upper() + title[1:]
            date = _wrong(rng, now) if rng.random() < wrong_dates else format_datetime(moment.astimezone(VIETNAM))
            item = Item(f"bai-{number}", _dressed(rng, title), f"<p>{summary}</p>", f"/tin/{number}", date,
                        _place(rng, unit))  # fmt: skip
            self.first.append(item)
            if rng.random() < duplicates:
                other = item if rng.random() < 0.5 else Item(**{**item.__dict__, "title": title + " (cập nhật)"})
                self.first.append(other)
            if number % 3 == 0:
                self.second.append(Item(f"tag:bao-hai.example,2026:{number}", f"{title} - Báo Hai", summary,
                                        f"/doc/{number}", moment.astimezone(VIETNAM).isoformat(), None))  # fmt: skip

    def answer(self, asked: Asked) -> Reply:
        """One of the two feeds."""
        feeds = {"/rss.xml": (self._rss, "application/rss+xml"), "/atom.xml": (self._atom, "application/atom+xml")}
        if asked.path not in feeds:
            return Reply(404, b"not here", "text/plain")
        write, kind = feeds[asked.path]
        body = write()
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", kind, {"ETag": tag})
        return Reply(200, body, f"{kind}; charset=utf-8", {"ETag": tag})

    def _out(self, items: list[Item]) -> list[Item]:
        if self._every_s <= 0:
            return items[::-1]
        return items[: 1 + int((time.monotonic() - self._began) / self._every_s)][::-1]

    def _rss(self) -> bytes:
        items = "".join(
            f'<item><title>{item.title}</title><link>https://bao-mot.example{item.path}?utm_source=rss</link>'
            f'<guid isPermaLink="false">{item.guid}</guid><pubDate>{item.date}</pubDate>'
            f"<author>toasoan@bao-mot.example (Tòa soạn)</author>"
            f"<description>{escape(item.summary)}</description>{_georss(item)}</item>\n"
            for item in self._out(self.first)
        )
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:georss="http://www.georss.org/georss">'
            "<channel><title>Báo Một (mô phỏng)</title><link>https://bao-mot.example/</link>"
            "<description>Tin mô phỏng</description>\n"
        )
        return f"{head}{items}</channel></rss>".encode()

    def _atom(self) -> bytes:
        entries = "".join(
            f"<entry><id>{item.guid}</id><title>{escape(item.title)}</title><updated>{item.date}</updated>"
            f'<link rel="alternate" type="text/html" href="https://bao-hai.example{item.path}"/>'
            f"<author><name>Tòa soạn</name></author><summary>{escape(item.summary)}</summary></entry>\n"
            for item in self._out(self.second)
        )
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            "<id>tag:bao-hai.example,2026:feed</id><title>Báo Hai (mô phỏng)</title>"
            "<updated>2026-01-01T00:00:00+07:00</updated>\n"
        )
        return f"{head}{entries}</feed>".encode()


def _dressed(rng: Random, title: str) -> str:
    """A headline as such feeds have it: plain, with escaped markup, or as CDATA; already escaped."""
    form = rng.random()
    if form < 0.7:
        return escape(title)
    marked = f"<b>{title}</b>" if form < 0.85 else f"{title} <i class='x'>&nbsp;</i>"
    return escape(marked) if rng.random() < 0.5 else f"<![CDATA[{marked}]]>"


def _wrong(rng: Random, now: datetime) -> str:
    future = format_datetime((now + timedelta(days=4000)).astimezone(VIETNAM))
    return rng.choice(("", "hôm nay", "Thu, 01 Jan 1970 00:00:00 GMT", future, "31/02/2026 25:61"))


def _place(rng: Random, unit: Unit) -> tuple[float, float] | None:
    point = unit.core.representative_point()
    return (point.y, point.x) if rng.random() < 0.5 else None


def _georss(item: Item) -> str:
    return "" if item.place is None else f"<georss:point>{item.place[0]:.5f} {item.place[1]:.5f}</georss:point>"


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate press", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--count", type=int, default=120, help="stories of the first newspaper")
    parser.add_argument("--seed", default="press")
    parser.add_argument("--wrong-dates", type=float, default=0.1, help="share of items with a date that cannot be")
    parser.add_argument("--duplicates", type=float, default=0.1, help="share of items that come twice")
    parser.add_argument("--every", type=float, default=0.0, help="seconds between stories; 0: all at once")
    chosen = parser.parse_args(argv)
    press = Press(chosen.count, chosen.seed, wrong_dates=chosen.wrong_dates, duplicates=chosen.duplicates,
                  every_s=chosen.every)  # fmt: skip
    return run(press, chosen.port, "press ready {url}/rss.xml {url}/atom.xml")
