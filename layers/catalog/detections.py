# SPDX-License-Identifier: Apache-2.0
"""Suspected traffic violations noticed by cameras (lượt phát hiện nghi vi phạm): where, when, which kind.

Number plates, faces and pictures stay with the police: there is no field that could hold one, and the door refuses
fields that it does not know.
"""

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text

LAYER = LayerSpec(
    id="detections",
    title=Text("Lượt phát hiện nghi vi phạm", "Traffic detections"),
    description=Text(
        "Lượt camera phát hiện nghi vi phạm giao thông, không có biển số", "Suspected violations seen by cameras"
    ),
    group=OPERATIONS,
    # Thousands at one junction: hexagons and units tell more, so the points wait to be asked for.
    render=Render(icon="traffic", color="#e9b44c", radius_px=4.0, order=30, visible=False),
    fields=(
        FieldSpec(
            "kind",
            Text("Hành vi", "Violation"),
            "choice",
            choices=(
                Choice("red_light", Text("Vượt đèn đỏ", "Red light")),
                Choice("speeding", Text("Quá tốc độ", "Speeding")),
                Choice("wrong_lane", Text("Sai làn đường", "Wrong lane")),
                Choice("wrong_way", Text("Đi ngược chiều", "Wrong way")),
                Choice("forbidden_road", Text("Vào đường cấm", "Forbidden road")),
                Choice("illegal_stop", Text("Dừng, đỗ sai quy định", "Illegal stop or parking")),
                Choice("no_helmet", Text("Không đội mũ bảo hiểm", "No helmet")),
                Choice("lane_marking", Text("Đè vạch kẻ đường", "Lane marking")),
                Choice("overload", Text("Quá tải, quá khổ", "Overload")),
                Choice("phone_use", Text("Dùng điện thoại khi lái xe", "Phone while driving")),
                Choice("u_turn", Text("Quay đầu nơi cấm", "Forbidden U-turn")),
                Choice("other", Text("Hành vi khác", "Other")),
            ),
            required=True,
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Trạng thái", "Status"),
            "choice",
            choices=(
                Choice("new", Text("Chờ xác minh", "To be reviewed")),
                Choice("confirmed", Text("Đã xác minh", "Confirmed")),
                Choice("dismissed", Text("Không vi phạm", "Dismissed"), faded=True),
            ),
            in_tiles=True,
        ),
        FieldSpec("camera", Text("Mã camera", "Camera id"), max_length=200),
    ),
    # At every zoom: what one camera sees has one place.
    fold_below=23,
    zooms=(10, 22),
    has_time=True,
    expected_every_s=86400,
    # Research says 90 days, for rows with evidence that leads to a person. These hold no personal data (kind, camera,
    # moment), so the law's storage limit does not bind, and years are compared with years: ten of them.
    retention_days=3660,
)
