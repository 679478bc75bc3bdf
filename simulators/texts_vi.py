# SPDX-License-Identifier: Apache-2.0
"""Vietnamese texts of incidents and alerts: templates from the data folder, and the offices in charge."""

import csv
from dataclasses import dataclass
from random import Random

from simulators.boundaries import DATA, Unit


@dataclass(frozen=True)
class IncidentText:
    """What a report of one sort says; `hours` names a profile in moments.HOURS, `where` a list in WHERE."""

    kind: str
    severity: str
    hours: str
    where: str
    weight: int
    title: str
    description: str


@dataclass(frozen=True)
class AlertText:
    """What an alert of one sort says; `area` is unit, stretch, circle or point, `hours` how long it holds."""

    kind: str
    severity: str
    area: str
    hours: int
    weight: int
    title: str
    description: str
    instruction: str
    agency: str


# Places in a title: (in a ward, in a commune). No proper names, since the incidents are invented.
WHERE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "road": (
        ("trên trục đường chính", "tại đoạn đường qua khu dân cư", "trước dãy nhà mặt phố", "gần cầu"),
        ("trên đường liên xã", "trên đường liên xóm", "gần ngầm tràn", "tại khúc cua"),
    ),
    "junction": (("tại ngã tư", "tại ngã ba", "gần vòng xuyến"), ("tại ngã ba", "tại ngã ba đường liên xã")),
    "residential": (
        ("tại tổ dân phố", "trong ngõ dân cư", "tại khu dân cư mới", "gần nhà văn hóa tổ dân phố"),
        ("tại xóm", "gần nhà văn hóa xóm", "tại khu tái định cư"),
    ),
    "market": (("khu vực chợ", "trước cổng chợ", "trên phố buôn bán"), ("khu vực chợ xã", "tại chợ phiên")),
    "school": (("trước cổng trường học", "gần trường tiểu học"), ("trước cổng trường", "gần điểm trường")),
    "field": (("ven khu dân cư", "tại cánh đồng giáp ranh"), ("ngoài đồng", "ven đồi", "gần nương chè")),
    "factory": (("gần cụm công nghiệp", "gần xưởng sản xuất"), ("gần xưởng chế biến", "gần mỏ đá")),
    "river": (("ven sông", "dưới chân cầu"), ("ven suối", "gần đập nước")),
}

_IOC = "Trung tâm Giám sát, điều hành thông minh (IOC)"
# Offices of the two-level government since 1 July 2025; {unit} becomes "phường Gia Sàng".
_OFFICES: dict[str, tuple[str, ...]] = {
    "traffic": ("Công an {unit}", "Công an {unit}", "Sở Xây dựng", "UBND {unit}"),
    "environment": ("UBND {unit}", "UBND {unit}", "Sở Nông nghiệp và Môi trường"),
    "order": ("Công an {unit}", "Công an {unit}", "UBND {unit}"),
    "infrastructure": ("UBND {unit}", "UBND {unit}", "Sở Xây dựng"),
    "construction": ("UBND {unit}", "Sở Xây dựng"),
    "fire": ("Công an tỉnh Thái Nguyên", "Công an {unit}"),
    "flood": ("UBND {unit}", "Sở Nông nghiệp và Môi trường"),
    "power": ("Công ty Điện lực Thái Nguyên",),
    "health": ("Trạm Y tế {unit}", "Sở Y tế"),
    "other": ("UBND {unit}", "Trung tâm Phục vụ hành chính công {unit}"),
}
_PROGRESS = {
    "new": "",
    "assigned": " Đã chuyển {agency} kiểm tra.",
    "in_progress": " {agency} đang xử lý.",
    "resolved": " {agency} đã xử lý xong.",
    "rejected": " Không đủ thông tin hoặc không thuộc thẩm quyền xử lý.",
}


def incident_texts() -> tuple[IncidentText, ...]:
    """All templates of incidents, in the order of the file."""
    with (DATA / "incident_texts_vi.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            IncidentText(
                row["kind"],
                row["severity"],
                row["hours"],
                row["where"],
                int(row["weight"]),
                row["title"],
                row["description"],
            )
            for row in csv.DictReader(file)
        )


def alert_texts() -> tuple[AlertText, ...]:
    """All templates of alerts, in the order of the file."""
    with (DATA / "alert_texts_vi.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            AlertText(
                row["kind"],
                row["severity"],
                row["area"],
                int(row["hours"]),
                int(row["weight"]),
                row["title"],
                row["description"],
                row["instruction"],
                row["agency"],
            )
            for row in csv.DictReader(file)
        )


def incident_title(rng: Random, text: IncidentText, unit: Unit | None) -> str:
    """A title with a place in words: "Nắp cống bị vỡ tại ngã ba, phường Gia Sàng"."""
    if unit is None:
        return f"{text.title} (chưa rõ địa điểm)"
    ward, commune = WHERE[text.where]
    return f"{text.title} {rng.choice(ward if unit.urban else commune)}, {unit.place}"


def office(rng: Random, kind: str, unit: Unit | None) -> str:
    """The office that handles a kind of incident in a unit; unlocated reports stay with the centre."""
    return _IOC if unit is None else rng.choice(_OFFICES[kind]).format(unit=unit.place)


def progress(description: str, status: str, agency: str) -> str:
    """The description followed by what was done about it."""
    base = description
    for sentence in (part.format(agency=agency) for part in _PROGRESS.values() if part):
        base = base.removesuffix(sentence)
    return base + _PROGRESS[status].format(agency=agency)
