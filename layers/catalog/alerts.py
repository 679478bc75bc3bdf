# SPDX-License-Identifier: Apache-2.0
"""Published alerts (tin cảnh báo), named as in CAP 1.2. Exercises and tests never come in (connectors/cap.py)."""

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text

# fmt: off
LAYER = LayerSpec(
    id="alerts",
    title=Text("Tin cảnh báo", "Alerts"),
    description=Text("Tin cảnh báo đã phát tới người dân", "Warnings published to the public"),
    group=OPERATIONS,
    geometry="Geometry",
    render=Render(kind="area", icon="alert", color="#e4572e", color_by="severity", radius_px=6.5, order=20),
    fields=(
        FieldSpec("title", Text("Tiêu đề", "Headline"), max_length=300, required=True, in_tiles=True),
        FieldSpec("kind", Text("Loại", "Category"), "choice", in_tiles=True, choices=(
            Choice("weather", Text("Thời tiết", "Weather")),
            Choice("flood", Text("Ngập, lụt", "Flood")),
            Choice("landslide", Text("Sạt lở đất", "Landslide")),
            Choice("fire", Text("Cháy, nổ", "Fire")),
            Choice("health", Text("Y tế", "Health")),
            Choice("traffic", Text("Giao thông", "Traffic")),
            Choice("utility", Text("Điện, nước", "Utilities")),
            Choice("security", Text("An ninh, trật tự", "Security")),
            Choice("environment", Text("Môi trường", "Environment")),
            Choice("other", Text("Loại khác", "Other")),
        )),
        FieldSpec("severity", Text("Mức độ", "Severity"), "choice", in_tiles=True, choices=(
            Choice("minor", Text("Nhẹ", "Minor"), "#5aa9e6"),
            Choice("moderate", Text("Vừa", "Moderate"), "#f2c14e"),
            Choice("severe", Text("Nặng", "Severe"), "#f78154"),
            Choice("extreme", Text("Đặc biệt nghiêm trọng", "Extreme"), "#c9184a"),
        )),
        FieldSpec("status", Text("Trạng thái", "Status"), "choice", in_tiles=True, choices=(
            Choice("actual", Text("Đang hiệu lực", "In force")),
            Choice("updated", Text("Đã cập nhật", "Updated")),
            Choice("cancelled", Text("Đã huỷ", "Cancelled"), faded=True),
            Choice("expired", Text("Đã hết hạn", "Expired"), faded=True),
        )),
        FieldSpec("event", Text("Hiện tượng", "Event"), max_length=200),
        FieldSpec("urgency", Text("Mức khẩn", "Urgency"), "choice", choices=(
            Choice("immediate", Text("Hành động ngay", "Immediate")),
            Choice("expected", Text("Sớm, trong một giờ", "Expected")),
            Choice("future", Text("Sắp tới", "Future")),
            Choice("past", Text("Đã qua", "Past")),
        )),
        FieldSpec("certainty", Text("Độ chắc chắn", "Certainty"), "choice", choices=(
            Choice("observed", Text("Đã quan sát được", "Observed")),
            Choice("likely", Text("Nhiều khả năng", "Likely")),
            Choice("possible", Text("Có thể", "Possible")),
            Choice("unlikely", Text("Ít khả năng", "Unlikely")),
        )),
        FieldSpec("response", Text("Việc cần làm", "Response"), "choice", choices=(
            Choice("shelter", Text("Trú ẩn tại chỗ", "Shelter")),
            Choice("evacuate", Text("Sơ tán", "Evacuate")),
            Choice("prepare", Text("Chuẩn bị", "Prepare")),
            Choice("execute", Text("Làm theo kế hoạch", "Execute")),
            Choice("avoid", Text("Tránh xa", "Avoid")),
            Choice("monitor", Text("Theo dõi tin", "Monitor")),
            Choice("assess", Text("Tự đánh giá", "Assess")),
            Choice("all_clear", Text("Đã an toàn", "All clear")),
        )),
        FieldSpec("description", Text("Nội dung", "Description"), max_length=5000, queryable=False),
        FieldSpec("instruction", Text("Khuyến cáo", "Instruction"), max_length=3000, queryable=False),
        FieldSpec("agency", Text("Cơ quan phát tin", "Issued by"), max_length=200),
        FieldSpec("area", Text("Khu vực", "Area"), max_length=600),
        FieldSpec("cap_id", Text("Số hiệu CAP", "CAP identifier"), max_length=200),
    ),
    title_field="title",
    has_time=True,
    live=True,
    expected_every_s=86400,
    retention_days=1830,
    over_status="expired",
)
# fmt: on
