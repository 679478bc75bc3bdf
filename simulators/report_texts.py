# SPDX-License-Identifier: Apache-2.0
"""Reports as citizens write them: in full, with abbreviations, without diacritics; old and new names of communes.

Pins are right, missing, zero, swapped or somewhere else. Everything is invented; people in it are obviously not real.
"""

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

UNITS = Path(__file__).parent / "data" / "thai_nguyen_units.csv"
# Of the reports of the province, 22.7 % are about traffic.
TRAFFIC_SHARE = 0.227
HANOI = (105.8542, 21.0285)


@dataclass(frozen=True)
class Topic:
    """What is reported: the simulated city's code and the province's, the name, and what people say."""

    city_code: str
    code: str
    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A commune by one of its names, old or new."""

    kind: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Written:
    """A report as it arrives; ``pin`` says what is wrong with the place, if anything."""

    topic: Topic
    text: str
    address: str
    lon: float | None
    lat: float | None
    pin: str


TRAFFIC = (
    Topic("001", "giao_thong.o_ga", "Ổ gà, mặt đường hỏng", (
        "Ổ gà sâu giữa đường, trời mưa không nhìn thấy, đã có người ngã xe",
        "Mặt đường bong tróc nhiều đoạn, đề nghị sửa chữa",
    )),
    Topic("002", "giao_thong.den_tin_hieu", "Đèn tín hiệu", (
        "Đèn tín hiệu ở ngã tư tắt từ hôm qua, không có người phân luồng",
    )),
    Topic("003", "giao_thong.un_tac", "Ùn tắc", ("Ùn tắc kéo dài giờ cao điểm, xe tải dừng giữa đường",)),
    Topic("004", "giao_thong.dung_do", "Dừng đỗ sai quy định", ("Ô tô đỗ kín vỉa hè, người đi bộ xuống lòng đường",)),
)  # fmt: skip
OTHER = (
    Topic("010", "ha_tang.nap_cong", "Nắp cống", ("Nắp cống bị vỡ, trẻ em đi học rất nguy hiểm",)),
    Topic("011", "ha_tang.chieu_sang", "Chiếu sáng", ("Đèn đường không sáng cả tuần nay, đường rất tối",)),
    Topic("012", "ha_tang.cay_xanh", "Cây xanh", ("Cành cây khô có thể gãy bất cứ lúc nào, đề nghị cắt tỉa",)),
    Topic("020", "moi_truong.rac", "Rác thải", (
        "Rác không được thu gom nhiều ngày, bốc mùi hôi",
        "Có người đổ trộm rác thải xây dựng ven đường",
    )),
    Topic("021", "moi_truong.nuoc_thai", "Nước thải", ("Nước thải màu đen chảy tràn ra đường, mùi rất khó chịu",)),
    Topic("022", "moi_truong.tieng_on", "Tiếng ồn", ("Hát karaoke quá 22 giờ, cả xóm không ngủ được",)),
    Topic("030", "trat_tu_do_thi.lan_chiem", "Lấn chiếm", ("Hàng quán lấn chiếm hết vỉa hè và lòng đường",)),
    Topic("040", "thien_tai.ngap", "Ngập úng", ("Mưa một lúc là đường ngập sâu, xe chết máy hàng loạt",)),
    Topic("099", "khac", "Khác", ("Đề nghị chính quyền kiểm tra giúp người dân",)),
)  # fmt: skip
TOPICS = (*TRAFFIC, *OTHER)
_SPOTS = ("đối diện chợ", "gần ngã ba", "trước cổng trường học", "tổ dân phố số 5", "cạnh nhà văn hóa", "đầu ngõ 12")
_SHORT = (
    ("Thành phố Thái Nguyên", "TPTN"), ("Phường ", "P. "), ("phường ", "p. "), ("Xã ", "X. "), ("xã ", "x. "),
    ("không", "ko"), ("đường", "đg"), ("người", "ng"), ("được", "đc"), ("đề nghị", "đn"), ("quy định", "qđ"),
)  # fmt: skip
_STYLES = (("full", 45), ("short", 30), ("bare", 25))
_PINS = (("right", 66), ("none", 14), ("zero", 6), ("swapped", 6), ("elsewhere", 8))


@cache
def places() -> tuple[Place, ...]:
    """Communes of the city before July 2025 and of the province since, by the names that they had or have."""
    with UNITS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Place(row["type"], row["name"], float(row["centroid_lon"]), float(row["centroid_lat"]))
            for row in csv.DictReader(file)
            if row["centroid_lon"]
        )


def write(rng: Random) -> Written:
    """One report."""
    topic = rng.choice(TRAFFIC if rng.random() < TRAFFIC_SHARE else OTHER)
    place = rng.choice(places())
    where = f"{rng.choice(_SPOTS)}, {place.kind.lower()} {place.name}"
    if rng.random() < 0.5:
        where += ", Thành phố Thái Nguyên" if rng.random() < 0.5 else ", Thái Nguyên"
    style = rng.choices([name for name, _ in _STYLES], [weight for _, weight in _STYLES])[0]
    in_text = rng.random() < 0.5
    text = rng.choice(topic.sentences) + (f" ({where})" if in_text else "")
    pin = rng.choices([name for name, _ in _PINS], [weight for _, weight in _PINS])[0]
    lon, lat = _pinned(rng, pin, place)
    return Written(topic, styled(text, style), styled(where, style), lon, lat, pin)


def styled(text: str, style: str) -> str:
    """The text as somebody in a hurry types it."""
    if style == "full":
        return text
    for long, short in _SHORT:
        text = text.replace(long, short)
    return text if style == "short" else without_marks(text).lower()


def without_marks(text: str) -> str:
    """Vietnamese without its diacritics."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in plain if not unicodedata.combining(one))


def _pinned(rng: Random, pin: str, place: Place) -> tuple[float | None, float | None]:
    lon = round(place.lon + rng.uniform(-0.004, 0.004), 6)
    lat = round(place.lat + rng.uniform(-0.004, 0.004), 6)
    match pin:
        case "none":
            return None, None
        case "zero":
            return 0.0, 0.0
        case "swapped":
            return lat, lon
        case "elsewhere":
            return HANOI
    return lon, lat
