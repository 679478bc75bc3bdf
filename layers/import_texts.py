# SPDX-License-Identifier: Apache-2.0
"""Why a row was refused or repaired, in Vietnamese, by the stable code. Pure."""

import re
from collections.abc import Mapping

from layers.import_columns import columns_of
from layers.spec import LayerSpec, Text

_REFUSED: Mapping[str, str] = {
    "cell_error": "ô đang hiện lỗi của bảng tính.",
    "coordinate_invalid": "toạ độ thiếu, không phải số hoặc nằm ngoài lãnh thổ.",
    "coordinates_swapped": "X (Bắc) và Y (Đông) bị đổi chỗ cho nhau.",
    "coordinate_swapped": "kinh độ và vĩ độ bị đổi chỗ: kinh độ đứng trước.",
    "coordinate_not_finite": "toạ độ không phải là số hữu hạn.",
    "coordinate_outside_vietnam": "toạ độ nằm ngoài lãnh thổ Việt Nam (độ WGS 84, không phải mét VN-2000).",
    "field_missing": "thiếu giá trị bắt buộc.",
    "field_unknown": "lớp không có trường này.",
    "geometry_not_taken": "lớp này không nhận toạ độ, chỉ nhận mã ĐVHC.",
    "geometry_wrong_type": "lớp này không nhận điểm.",
    "id_missing": "thiếu mã của dòng.",
    "id_repeated": "mã trùng với một dòng ở trên.",
    "revision_conflict": "phiên bản này đã có nội dung khác.",
    "row_too_long": "dòng có ô nằm ngoài cột cuối của tiêu đề.",
    "text_invalid": "có ký tự không phải chữ.",
    "time_in_future": "thời gian nằm quá xa trong tương lai.",
    "time_invalid": "thời gian cần dạng 22/11/2026 08:30 hoặc 2026-11-22 08:30.",
    "time_order": "thời gian kết thúc trước thời gian bắt đầu.",
    "time_too_old": "thời gian trước năm 1900.",
    "unit_ambiguous": "mã ĐVHC được dùng lại qua các thời kỳ: cần thêm “Bộ địa giới” hoặc “Thời gian”.",
    "unit_unknown": "không có xã, phường nào mang mã này trong bộ địa giới hay thời gian đó.",
    "value_not_allowed": "giá trị không có trong danh sách cho phép.",
    "value_out_of_range": "số nằm ngoài khoảng cho phép.",
    "value_too_long": "nội dung quá dài.",
    "value_wrong_type": "giá trị sai kiểu.",
    "write_conflict": "bản ghi đang được người khác sửa: hãy nhập lại.",
}
_NOTICES: Mapping[str, Text] = {
    "code_repaired": Text(
        "Mã ĐVHC đã mất số 0 ở đầu, được thêm lại.", "Unit codes had lost their leading zero; it was put back."
    ),
    "example_row_skipped": Text("Bỏ qua dòng ví dụ của mẫu.", "The template's example row was passed over."),
    "columns_absent": Text(
        "Các trường không có cột trong tệp sẽ để trống ở bản ghi đã có.",
        "Fields without a column in the file become empty in records that exist.",
    ),
}


def refusal_vi(spec: LayerSpec, code: str, detail: str) -> str:
    """The sentence for a refused row; the column is named by its title where the English sentence names one."""
    sentence = _REFUSED.get(code, "không hợp lệ.")
    titles = {column.name: column.title.vi for column in columns_of(spec)}
    named = next((titles[name] for name in re.findall(r"'(\w+)'", detail) if name in titles), None)
    return f"Cột “{named}”: {sentence}" if named else sentence[0].upper() + sentence[1:]


def notice(code: str) -> Text:
    """What is told about rows that were repaired or passed over."""
    return _NOTICES[code]
