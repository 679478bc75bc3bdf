# SPDX-License-Identifier: Apache-2.0
"""What people report (phản ánh hiện trường), in two levels: groups, and the services in each. Values only.

Codes are stable, and text even where others number theirs. Hours are the default deadlines for the first answer and for
the solution, in working hours or, where danger does not wait for the morning, by the clock; a province sets its own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

VERSION = "2026-11-01 00:00"


class Service(NamedTuple):
    """One thing that can be reported.

    Args:
        group: the code of the group that it belongs to; a group is a service of itself, for what is none of the others.
        kind, severity: of the incident that it becomes (layers/catalog/incidents.py).
        answer_h, solve_h: hours until the first answer, and until it is solved.
        by_the_clock: the hours run at night and on holidays too.
        call: the number to call at once, for emergencies that must not wait for a form to be read.
    """

    code: str
    name: str
    group: str
    group_name: str
    kind: str
    severity: str
    answer_h: float
    solve_h: float
    by_the_clock: bool = False
    call: str | None = None


class _Group(NamedTuple):
    code: str
    name: str
    kind: str
    severity: str
    answer_h: float
    solve_h: float
    leaves: tuple[tuple[str, str], ...]
    by_the_clock: bool = False
    call: str | None = None


_GROUPS = (
    _Group("giao_thong", "Giao thông", "traffic", "medium", 4, 72, (
        ("o_ga", "Ổ gà, hư hỏng mặt đường"), ("den_tin_hieu", "Đèn tín hiệu hỏng"), ("un_tac", "Ùn tắc giao thông"),
        ("bien_bao", "Biển báo hỏng, bị che khuất"), ("dung_do", "Dừng, đỗ xe sai quy định"),
        ("tai_nan", "Tai nạn giao thông"),
    )),
    _Group("ha_tang", "Hạ tầng đô thị", "infrastructure", "medium", 8, 120, (
        ("nap_cong", "Nắp cống hỏng, mất"), ("chieu_sang", "Chiếu sáng công cộng"), ("cay_xanh", "Cây xanh"),
        ("via_he", "Vỉa hè hư hỏng"), ("cap_nuoc", "Cấp nước"), ("dien", "Điện"), ("vien_thong", "Cáp viễn thông"),
    )),
    _Group("moi_truong", "Môi trường", "environment", "medium", 8, 72, (
        ("rac", "Rác thải"), ("nuoc_thai", "Nước thải"), ("khoi_bui", "Khói, bụi"), ("mui", "Mùi hôi"),
        ("tieng_on", "Tiếng ồn, karaoke"), ("sat_lo", "Sạt lở bờ sông, suối"), ("dot_rom_ra", "Đốt rơm rạ"),
    )),
    _Group("trat_tu_do_thi", "Trật tự đô thị", "order", "low", 8, 120, (
        ("lan_chiem", "Lấn chiếm lòng, lề đường"), ("quang_cao", "Quảng cáo, rao vặt sai quy định"),
        ("xay_dung", "Xây dựng trái phép"), ("vat_nuoi", "Vật nuôi thả rông"),
    )),
    _Group("an_ninh", "An ninh trật tự", "order", "high", 0.5, 24, (
        ("trom_cap", "Trộm cắp"), ("gay_roi", "Tụ tập, gây rối"), ("ma_tuy", "Ma tuý"),
        ("tin_dung_den", "Tín dụng đen"), ("lua_dao", "Lừa đảo"),
    ), True, "113"),
    _Group("chay_no", "Cháy nổ, cứu nạn", "fire", "critical", 0.25, 4, (
        ("chay", "Cháy"), ("ro_gas", "Rò khí gas"), ("mac_ket", "Người mắc kẹt"), ("duoi_nuoc", "Đuối nước"),
    ), True, "114"),
    _Group("thien_tai", "Thiên tai", "flood", "high", 0.5, 24, (
        ("ngap", "Ngập úng"), ("lu", "Lũ, lũ quét"), ("sat_lo_dat", "Sạt lở đất"), ("gio_loc", "Gió lốc, mưa đá"),
    ), True, "112"),
    _Group("an_toan_thuc_pham", "An toàn thực phẩm", "health", "medium", 8, 72, (
        ("ngo_doc", "Ngộ độc thực phẩm"), ("mat_ve_sinh", "Cơ sở mất vệ sinh"),
        ("hang_gia", "Hàng giả, kém chất lượng"),
    )),
    _Group("y_te", "Y tế, dịch bệnh", "health", "medium", 4, 48, (
        ("o_dich", "Ổ dịch"), ("co_so", "Cơ sở y tế"), ("rac_y_te", "Rác thải y tế"),
    )),
    _Group("giao_duc", "Giáo dục", "other", "low", 16, 240, (
        ("an_toan", "An toàn trường học"), ("thu_chi", "Thu, chi trong trường học"), ("co_so", "Cơ sở vật chất"),
    )),
    _Group("hanh_chinh_cong", "Thủ tục hành chính, thái độ công vụ", "other", "low", 16, 240, (
        ("cham_ho_so", "Chậm giải quyết hồ sơ"), ("huong_dan", "Hướng dẫn chưa rõ"), ("thai_do", "Thái độ phục vụ"),
    )),
    _Group("dat_dai_xay_dung", "Đất đai, xây dựng", "construction", "medium", 16, 240, (
        ("lan_chiem_dat", "Lấn chiếm đất"), ("khai_thac", "Khai thác khoáng sản trái phép"),
    )),
    _Group("du_lich", "Du lịch, dịch vụ", "other", "low", 8, 72, (
        ("chat_chem", "Nâng giá, chèo kéo khách"), ("luu_tru", "Cơ sở lưu trú"),
    )),
    _Group("giao_thong_cong_cong", "Xe buýt, vận tải", "traffic", "low", 16, 120, (
        ("tre_chuyen", "Xe trễ, bỏ chuyến"), ("thai_do", "Thái độ phục vụ trên xe"), ("tram", "Trạm, điểm dừng đỗ"),
    )),
    _Group("khac", "Lĩnh vực khác", "other", "low", 16, 240, ()),
)  # fmt: skip
# Leaves that are not as their group is.
_SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "giao_thong.tai_nan": {"severity": "high", "answer_h": 0.25, "solve_h": 4, "by_the_clock": True, "call": "113"},
    "ha_tang.nap_cong": {"severity": "high"},
    "ha_tang.dien": {"kind": "power"},
    "ha_tang.vien_thong": {"kind": "power"},
    "trat_tu_do_thi.xay_dung": {"kind": "construction"},
    "thien_tai.sat_lo_dat": {"kind": "other"},
    "thien_tai.gio_loc": {"kind": "other"},
    "an_toan_thuc_pham.ngo_doc": {"severity": "high", "answer_h": 1, "by_the_clock": True, "call": "115"},
}


def _services() -> Mapping[str, Service]:
    found: dict[str, Service] = {}
    for group in _GROUPS:
        code, name, kind, severity, answer_h, solve_h, leaves, by_the_clock, call = group
        whole = Service(code, name, code, name, kind, severity, answer_h, solve_h, by_the_clock, call)
        found[code] = whole
        for part, title in leaves:
            leaf = f"{code}.{part}"
            found[leaf] = whole._replace(code=leaf, name=title)._replace(**_SPECIAL.get(leaf, {}))
    return MappingProxyType(found)


# By code, groups before their leaves.
SERVICES = _services()


def service_of(code: str) -> Service | None:
    """The service of a code; an unknown leaf of a known group is the group."""
    return SERVICES.get(code) or SERVICES.get(code.partition(".")[0])
