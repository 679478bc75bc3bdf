# SPDX-License-Identifier: Apache-2.0
"""End points of the province's video conferences: whether they answer, and what meets next. Nobody's name."""

from layers.groups import DEVICES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS, STAFF

LAYER = LayerSpec(
    id="meeting_points",
    title=Text("Điểm cầu truyền hình hội nghị", "Video meeting points"),
    description=Text(
        "Điểm cầu tại xã, phường, sở và tình trạng kết nối", "Meeting rooms of communes and departments, and their line"
    ),
    group=DEVICES,
    render=Render(icon="people", color="#7f9cf5", color_by="status", radius_px=4.5, order=30, visible=False),
    fields=(
        FieldSpec("name", Text("Tên điểm cầu", "Name"), max_length=200, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Thiết bị", "End point"),
            "choice",
            choices=(
                Choice("codec", Text("Thiết bị phần cứng (SIP/H.323)", "Hardware codec (SIP/H.323)")),
                Choice("software", Text("Phần mềm trên máy tính", "Software on a computer")),
                Choice("room", Text("Phòng họp có nhiều thiết bị", "Equipped room")),
                Choice("mobile", Text("Điểm cầu cơ động", "Mobile point")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Tình trạng", "State"),
            "choice",
            choices=(
                Choice("online", Text("Sẵn sàng", "Online"), "#4fb3a5"),
                Choice("in_meeting", Text("Đang họp", "In a meeting"), "#f2c14e"),
                Choice("offline", Text("Mất kết nối", "Offline"), "#e5383b"),
            ),
            in_tiles=True,
        ),
        FieldSpec("agency", Text("Đơn vị", "Agency"), max_length=200),
        FieldSpec("capacity", Text("Số chỗ", "Seats"), "integer", minimum=0, maximum=5000),
        # What is discussed is for who works here.
        FieldSpec("next_meeting", Text("Cuộc họp kế tiếp", "Next meeting"), max_length=300, readers=STAFF),
        FieldSpec("next_meeting_at", Text("Bắt đầu lúc", "Begins"), "datetime", readers=STAFF),
    ),
    title_field="name",
    editors=EDITORS,
    live=True,
    expected_every_s=3600,
)
