# SPDX-License-Identifier: Apache-2.0
"""Incidents (sự việc) from field reports, the hotline and cameras."""

from layers.groups import OPERATIONS
from layers.incident_choices import CHANNELS, KINDS
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
        FieldSpec("kind", Text("Lĩnh vực", "Category"), "choice", choices=KINDS, in_tiles=True),
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
        FieldSpec("channel", Text("Kênh tiếp nhận", "Channel"), "choice", choices=CHANNELS),
        # Of reports of citizens (Open311): what they chose stays, whatever the category becomes.
        FieldSpec("service_code", Text("Mã nội dung phản ánh", "Service code"), max_length=100),
        FieldSpec("source_status", Text("Trạng thái tại nguồn", "Status at the source"), max_length=60),
        FieldSpec("status_notes", Text("Kết quả, thông báo", "Public note"), max_length=1000, queryable=False),
        FieldSpec("sla_due", Text("Hạn xử lý", "Due"), "datetime"),
        FieldSpec("address", Text("Địa chỉ", "Address"), max_length=300, queryable=False, readers=STAFF),
        FieldSpec("media_url", Text("Liên kết hình ảnh", "Link to media"), queryable=False, readers=STAFF),
    ),
    title_field="title",
    fold_below=13,
    has_time=True,
    live=True,
    # Who works on them; the register keepers of other layers do not.
    editors=STAFF - {"gis"},
    expected_every_s=900,
    retention_days=1830,
)
