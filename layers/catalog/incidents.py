# SPDX-License-Identifier: Apache-2.0
"""Incidents (sự việc) from field reports, the hotline and cameras."""

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import STAFF

LAYER = LayerSpec(
    id="incidents",
    title=Text("Sự việc", "Incidents"),
    description=Text(
        "Sự việc do người dân, tổng đài và camera gửi về", "What citizens, the hotline and cameras report"
    ),
    group=OPERATIONS,
    render=Render(icon="incident", color="#ff8a3d", color_by="severity", radius_px=5.5, order=10),
    fields=(
        FieldSpec("title", Text("Tiêu đề", "Title"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Lĩnh vực", "Category"),
            "choice",
            choices=(
                Choice("traffic", Text("Giao thông", "Traffic")),
                Choice("environment", Text("Môi trường", "Environment")),
                Choice("order", Text("An ninh, trật tự", "Public order")),
                Choice("infrastructure", Text("Hạ tầng đô thị", "Urban infrastructure")),
                Choice("construction", Text("Xây dựng", "Construction")),
                Choice("fire", Text("Cháy, nổ", "Fire")),
                Choice("flood", Text("Ngập, lụt", "Flood")),
                Choice("power", Text("Điện, viễn thông", "Power and telecom")),
                Choice("health", Text("Y tế", "Health")),
                Choice("other", Text("Lĩnh vực khác", "Other")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "severity",
            Text("Mức độ", "Severity"),
            "choice",
            choices=(
                Choice("low", Text("Thấp", "Low"), "#4fb3a5"),
                Choice("medium", Text("Trung bình", "Medium"), "#f2c14e"),
                Choice("high", Text("Cao", "High"), "#f78154"),
                Choice("critical", Text("Nghiêm trọng", "Critical"), "#e5383b"),
            ),
            in_tiles=True,
        ),
        FieldSpec("status", Text("Trạng thái", "Status"), "choice", in_tiles=True, choices=(
            Choice("new", Text("Mới", "New")),
            Choice("assigned", Text("Đã giao", "Assigned")),
            Choice("in_progress", Text("Đang xử lý", "In progress")),
            Choice("resolved", Text("Đã xử lý", "Resolved"), faded=True),
            Choice("rejected", Text("Không tiếp nhận", "Rejected"), faded=True),
        )),  # fmt: skip
        # What people wrote may name people: for who works on it.
        FieldSpec("description", Text("Nội dung", "Description"), max_length=5000, queryable=False, readers=STAFF),
        FieldSpec("agency", Text("Đơn vị xử lý", "Handling agency"), max_length=200),
        FieldSpec(
            "channel",
            Text("Kênh tiếp nhận", "Channel"),
            "choice",
            choices=(
                Choice("app", Text("Ứng dụng C-ThaiNguyen", "C-ThaiNguyen app")),
                Choice("hotline", Text("Tổng đài", "Hotline")),
                Choice("web", Text("Cổng thông tin", "Web portal")),
                Choice("field", Text("Cán bộ hiện trường", "Field officer")),
                Choice("camera", Text("Camera", "Camera")),
            ),
        ),
    ),
    title_field="title",
    fold_below=13,
    has_time=True,
    live=True,
    expected_every_s=900,
    retention_days=1830,
)
