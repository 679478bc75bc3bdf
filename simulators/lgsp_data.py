# SPDX-License-Identifier: Apache-2.0
"""What a provincial platform holds: six data sets with Vietnamese members, its own codes, and its own habits.

Places in VN-2000, times as text without a zone, codes as numbers, reports without coordinates. Everything is decided by
the seed and the moment; names and numbers of people are invented so that nobody can take them for real.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property, lru_cache
from random import Random
from typing import Any

from pyproj import Transformer

from simulators.boundaries import Ground, Unit, load_ground
from simulators.places_in_unit import anywhere
from simulators.texts_vi import IncidentText, incident_texts, incident_title, office

Json = dict[str, Any]
LOCAL = timezone(timedelta(hours=7))
NAMES = ("dia-diem", "diem-cau", "diem-du-lich", "su-kien-giao-thong", "trat-tu-do-thi", "tai-khoan-ung-dung")

_PLACES = (
    ("TSCA", "Trụ sở Công an"),
    ("UBND", "Trụ sở UBND"),
    ("NVH", "Nhà văn hoá"),
    ("CHO", "Chợ"),
    ("TV", "Thư viện"),
)
_SIGHTS = (
    ("DL01", "Khu sinh thái"), ("DL02", "Làng nghề chè"), ("DL03", "Di tích lịch sử"), ("DL04", "Nhà nghỉ cộng đồng"),
    ("DL05", "Thắng cảnh hang động"),
)  # fmt: skip
_TRAFFIC = {"medium": "UN_TAC", "high": "TAI_NAN", "critical": "TAI_NAN", "low": "CHUONG_NGAI"}
_LEVELS = {"low": 1, "medium": 2, "high": 3, "critical": 4}


@dataclass(frozen=True)
class World:
    """The data of one platform.

    Args:
        began: when its log of events begins.
        every_s: one traffic event and one public-order report so often.
        late: share of events that appear ten minutes after they were changed.
        corrupt: share of records that miss their id.
    """

    seed: str
    began: datetime
    every_s: float = 60.0
    count: int = 200
    late: float = 0.0
    corrupt: float = 0.0

    @cached_property
    def ground(self) -> Ground:
        """The communes of the demonstration."""
        return load_ground()

    def records(self, name: str, now: datetime, since: datetime | None) -> list[Json]:
        """The records of a data set as they are now, those only that changed since a moment, oldest change first."""
        made = getattr(self, f"_{name.replace('-', '_')}")(now)
        kept = [(changed, record) for changed, record in made if changed <= now and (since is None or changed >= since)]
        return [self._maybe_broken(record) for _, record in sorted(kept, key=lambda pair: pair[0])]

    def _maybe_broken(self, record: Json) -> Json:
        name = next(iter(record))
        return {**record, name: None} if Random(f"{self.seed}/{record[name]}").random() < self.corrupt else record

    def _dia_diem(self, now: datetime) -> list[tuple[datetime, Json]]:
        return [(self.began, place) for place in _places(self.seed, self.count, self.began)]

    def _diem_cau(self, now: datetime) -> list[tuple[datetime, Json]]:
        found = []
        minute = int(now.timestamp() // 60)
        for unit in self.ground.province:
            rng = Random(f"{self.seed}/room/{unit.code}/{minute // 10}")
            state = rng.choices((1, 2, 0), (70, 20, 10))[0]
            meets = datetime.fromtimestamp((minute // 10 + rng.randint(1, 30)) * 600, LOCAL)
            changed = datetime.fromtimestamp(minute // 10 * 600, LOCAL)
            lon, lat = anywhere(Random(f"{self.seed}/room/{unit.code}"), unit)
            found.append(
                (
                    changed,
                    {
                        "maDiemCau": f"DC-{unit.code}",
                        "tenDiemCau": f"Điểm cầu UBND {unit.place}",
                        "thietBi": "SIP" if int(unit.code) % 3 else "PM",
                        "trangThai": state,
                        "cuocHopKeTiep": {"tieuDe": "Giao ban trực tuyến", "batDau": meets.strftime("%d/%m/%Y %H:%M")},
                        "viTri": {"kinhDo": lon, "viDo": lat},
                        "capNhatLuc": int(changed.timestamp() * 1000),
                    },
                )
            )
        return found

    def _diem_du_lich(self, now: datetime) -> list[tuple[datetime, Json]]:
        rng = Random(f"{self.seed}/sights")
        found = []
        for number in range(1, min(self.count, 60) + 1):
            unit = rng.choice(self.ground.province)
            code, title = rng.choice(_SIGHTS)
            lon, lat = anywhere(rng, unit)
            properties = {
                "ten": f"{title} số {number}, {unit.place}", "loaiHinh": code, "gioMoCua": "07:30–17:00",
                "trang": f"https://dulich.example/{number}", "hoatDong": rng.random() < 0.9,
            }  # fmt: skip
            geometry = {"type": "Point", "coordinates": [lon, lat]}
            found.append(
                (
                    self.began,
                    {"id": f"DL-{number:03}", "type": "Feature", "properties": properties, "geometry": geometry},
                )
            )
        return found

    def _su_kien_giao_thong(self, now: datetime) -> list[tuple[datetime, Json]]:
        found = []
        for number, happened, changed, state, rng in self._log("traffic", now):
            text, unit = rng.choice(_texts("traffic")), rng.choice(self.ground.province)
            lon, lat = anywhere(rng, unit)
            record = {
                "maSuKien": number, "loaiSuKien": _TRAFFIC[text.severity], "mucDo": _LEVELS[text.severity],
                "moTa": incident_title(rng, text, unit), "thoiDiem": happened.isoformat(timespec="seconds"),
                "ketThuc": changed.isoformat(timespec="seconds") if state == 2 else None, "trangThai": state,
                "donVi": office(rng, "traffic", unit), "toaDo": [lon, lat],
                "capNhatLuc": int(changed.timestamp() * 1000),
            }  # fmt: skip
            found.append((changed + self._delay(rng), record))
        return found

    def _trat_tu_do_thi(self, now: datetime) -> list[tuple[datetime, Json]]:
        found = []
        for number, happened, changed, state, rng in self._log("order", now):
            text, unit = rng.choice(_texts("order")), rng.choice(self.ground.province)
            lon, lat = anywhere(rng, unit)
            x, y = _to_vn2000(lon, lat)
            placed = rng.random() < 0.7
            record = {
                "soPhieu": f"TT-{happened:%Y%m%d}-{number:06}", "noiDung": incident_title(rng, text, unit),
                "chiTiet": f"{text.description} Liên hệ 0900 000 {number % 1000:03}.",
                "nguoiGui": "Người Giả Định", "dienThoai": f"0900000{number % 1000:03}",
                "thoiGian": f"{happened:%d/%m/%Y %H:%M:%S}", "capNhat": f"{changed:%d/%m/%Y %H:%M:%S}",
                "trangThai": ("Mới tiếp nhận", "Đang xử lý", "Đã xử lý")[state],
                "maXa": int(unit.code) if rng.random() < 0.8 else None, "tenXa": unit.full_name,
                "toaDoX": round(x, 3) if placed else "", "toaDoY": round(y, 3) if placed else "",
            }  # fmt: skip
            found.append((changed + self._delay(rng), record))
        return found

    def _tai_khoan_ung_dung(self, now: datetime) -> list[tuple[datetime, Json]]:
        found = []
        months = [(year, month) for year in (now.year - 1, now.year) for month in range(1, 13)]
        for year, month in [one for one in months if one < (now.year, now.month)][-3:]:
            closed = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=LOCAL)
            for unit in self.ground.province:
                rng = Random(f"{self.seed}/accounts/{unit.code}")
                accounts = int(rng.uniform(300, 3000)) + (year * 12 + month) % 24 * 7
                found.append(
                    (
                        closed,
                        {"maXa": int(unit.code), "thang": f"{year}-{month:02}", "soTaiKhoan": accounts, "chot": True},
                    )
                )
        return found

    def _log(self, kind: str, now: datetime) -> list[tuple[int, datetime, datetime, int, Random]]:
        """The events of a log: number, when it happened, when it last changed, its state 0 to 2, and its dice."""
        found = []
        # Numbers count from the epoch: started again, the platform tells the same story on.
        for number in range(int(self.began.timestamp() / self.every_s), int(now.timestamp() / self.every_s) + 1):
            rng = Random(f"{self.seed}/{kind}/{number}")
            happened = datetime.fromtimestamp(int(number * self.every_s), LOCAL)
            taken = happened + timedelta(seconds=rng.randint(120, 900))
            closed = taken + timedelta(seconds=rng.randint(600, 7200))
            state = (taken <= now) + (closed <= now)
            found.append((number, happened, (happened, taken, closed)[state], state, rng))
        return found

    def _delay(self, rng: Random) -> timedelta:
        return timedelta(minutes=10) if rng.random() < self.late else timedelta(0)


@lru_cache(maxsize=4)
def _places(seed: str, count: int, changed: datetime) -> list[Json]:
    rng = Random(f"{seed}/places")
    units = load_ground().province
    found = []
    for number in range(1, count + 1):
        unit = rng.choice(units)
        code, title = rng.choice(_PLACES)
        found.append(_place(rng, unit, number, (code, f"{title} số {number}"), changed))
    return found


def _place(rng: Random, unit: Unit, number: int, kind: tuple[str, str], changed: datetime) -> Json:
    x, y = _to_vn2000(*anywhere(rng, unit))
    record: Json = {
        "maDiaDiem": f"DD{number:05}", "ten": f"{kind[1]}, {unit.place}", "loai": kind[0], "diaChi": unit.full_name,
        "maXa": int(unit.code), "tenXa": unit.full_name, "trangThai": "HD",
        "capNhatLuc": f"{changed.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}",
    }  # fmt: skip
    if rng.random() < 0.95:
        record["toaDo"] = {"x": round(x, 3), "y": round(y, 3)}
    return record


@lru_cache(maxsize=8)
def _texts(kind: str) -> tuple[IncidentText, ...]:
    return tuple(text for text in incident_texts() if text.kind == kind)


@lru_cache(maxsize=1)
def _projection() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:9213", always_xy=True)


def _to_vn2000(lon: float, lat: float) -> tuple[float, float]:
    """(X north, Y east), as surveyors write them."""
    east, north = _projection().transform(lon, lat)
    return north, east
