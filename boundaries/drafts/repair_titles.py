# SPDX-License-Identifier: Apache-2.0
"""What the repairs are called. Pure."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "heights.drop": ("Bỏ cao độ", "Drop heights"),
    "shapes.keep_areas": ("Chỉ giữ phần là vùng", "Keep areas only"),
    "points.drop_repeated": ("Bỏ điểm lặp", "Drop repeated points"),
    "spikes.drop": ("Bỏ gai nhọn", "Drop spikes"),
    "rings.make_valid": ("Sửa đường biên tự cắt", "Mend rings that cross themselves"),
    "features.drop_repeated": ("Bỏ đối tượng trùng", "Drop repeated features"),
    "codes.pad": ("Thêm số 0 đầu mã", "Give codes their leading zero"),
    "names.clean": ("Làm sạch tên", "Clean names"),
    "datum.restore": ("Chuyển lại mốc VN-2000", "Restore the VN-2000 datum shift"),
    "coverage.clean": ("Khép khe hở, bỏ chồng lấn hẹp", "Close narrow gaps and overlaps"),
    "edges.snap": ("Khớp đỉnh đường biên chung", "Match the vertices of shared edges"),
    "rings.orient": ("Đặt lại chiều đường biên", "Turn rings the usual way"),
}
