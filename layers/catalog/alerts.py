# SPDX-License-Identifier: Apache-2.0
"""Published alerts (tin cảnh báo), named as in CAP 1.2."""

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text

LAYER = LayerSpec(
    id="alerts",
    title=Text("Tin cảnh báo", "Alerts"),
    description=Text("Tin cảnh báo đã phát tới người dân", "Warnings published to the public"),
    group=OPERATIONS,
    geometry="Geometry",
    render=Render(kind="area", icon="alert", color="#e4572e", color_by="severity", radius_px=6.5, order=20),
    fields=(
        FieldSpec("title", Text("Tiêu đề", "Headline"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại", "Category"),
            "choice",
            choices=(
                Choice("weather", Text("Thời tiết", "Weather")),
                Choice("flood", Text("Ngập, lụt", "Flood")),
                Choice("landslide", Text("Sạt lở đất", "Landslide")),
                Choice("fire", Text("Cháy, nổ", "Fire")),
                Choice("health", Text("Y tế", "Health")),
                Choice("traffic", Text("Giao thông", "Traffic")),
                Choice("utility", Text("Điện, nước", "Utilities")),
                Choice("security", Text("An ninh, trật tự", "Security")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "severity",
            Text("Mức độ", "Severity"),
            "choice",
            choices=(
                Choice("minor", Text("Nhẹ", "Minor"), "#5aa9e6"),
                Choice("moderate", Text("Vừa", "Moderate"), "#f2c14e"),
                Choice("severe", Text("Nặng", "Severe"), "#f78154"),
                Choice("extreme", Text("Đặc biệt nghiêm trọng", "Extreme"), "#c9184a"),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Trạng thái", "Status"),
            "choice",
            choices=(
                Choice("actual", Text("Đang hiệu lực", "In force")),
                Choice("updated", Text("Đã cập nhật", "Updated")),
                Choice("cancelled", Text("Đã huỷ", "Cancelled"), faded=True),
                Choice("expired", Text("Đã hết hạn", "Expired"), faded=True),
            ),
            in_tiles=True,
        ),
        FieldSpec("description", Text("Nội dung", "Description"), max_length=5000, queryable=False),
        FieldSpec("instruction", Text("Khuyến cáo", "Instruction"), max_length=3000, queryable=False),
        FieldSpec("agency", Text("Cơ quan phát tin", "Issued by"), max_length=200),
    ),
    title_field="title",
    has_time=True,
    live=True,
    expected_every_s=86400,
    retention_days=1830,
)
