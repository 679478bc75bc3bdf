# SPDX-License-Identifier: Apache-2.0
"""Public cameras: where each looks, how its picture is reached, and whether it answers (layers/device_checks.py)."""

from layers.groups import DEVICES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS, STAFF

LAYER = LayerSpec(
    id="cameras",
    title=Text("Camera", "Cameras"),
    description=Text("Camera công cộng và tình trạng kết nối", "Public cameras and their connection"),
    group=DEVICES,
    render=Render(icon="camera", color="#58a6ff", color_by="status", radius_px=4.5, order=10),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=200, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại", "Type"),
            "choice",
            in_tiles=True,
            choices=(
                Choice("ptz", Text("Quay quét (PTZ)", "Pan-tilt-zoom")),
                Choice("fixed", Text("Cố định", "Fixed")),
                Choice("plate", Text("Nhận diện biển số", "Plate reader")),
                Choice("dome", Text("Bán cầu", "Dome")),
            ),
        ),  # fmt: skip
        FieldSpec(
            "status",
            Text("Kết nối", "Connection"),
            "choice",
            in_tiles=True,
            choices=(
                Choice("online", Text("Trực tuyến", "Online"), "#58a6ff"),
                Choice("offline", Text("Mất kết nối", "Offline"), "#e5383b"),
                Choice("maintenance", Text("Bảo trì", "Maintenance"), "#9aa5b1", faded=True),
            ),
        ),  # fmt: skip
        FieldSpec("checked_at", Text("Kiểm tra lúc", "Checked at"), "datetime"),
        FieldSpec("azimuth", Text("Hướng nhìn", "Azimuth"), "number", unit="°", minimum=0, maximum=360, in_tiles=True),
        FieldSpec(
            "hfov", Text("Góc nhìn ngang", "Field of view"), "number", unit="°", minimum=0, maximum=360, in_tiles=True
        ),
        FieldSpec("range_m", Text("Tầm nhìn", "Range"), "number", unit="m", minimum=0, maximum=5000, in_tiles=True),
        FieldSpec("height_m", Text("Độ cao lắp đặt", "Mounted at"), "number", unit="m", minimum=0, maximum=300),
        FieldSpec("purpose", Text("Mục đích", "Purpose"), max_length=200),
        FieldSpec("owner", Text("Đơn vị quản lý", "Owner"), max_length=200),
        FieldSpec("serial", Text("Số sê-ri", "Serial number"), max_length=100, readers=STAFF),
        FieldSpec("model", Text("Kiểu máy", "Model"), max_length=200, readers=STAFF),
        FieldSpec("firmware", Text("Phần mềm thiết bị", "Firmware"), max_length=200, readers=STAFF),
        FieldSpec("clock_skew_s", Text("Lệch giờ", "Clock skew"), "number", unit="s", readers=STAFF),
        # What the law asks of cameras in public places: certified (QCVN 135:2024/BTTTT), announced, kept so long.
        FieldSpec("qcvn135", Text("Hợp quy QCVN 135:2024", "Certified to QCVN 135:2024"), "boolean"),
        FieldSpec("signposted", Text("Có biển báo ghi hình", "Sign-posted"), "boolean"),
        FieldSpec(
            "retention_days", Text("Số ngày lưu hình", "Days recorded"), "integer", unit="d", minimum=0, maximum=3660
        ),
        # HLS or WebRTC of the video management system, passed on to who may see pictures.
        FieldSpec("stream_url", Text("Địa chỉ xem (HLS/WebRTC)", "Viewing address"), queryable=False, readers=STAFF),
        # Of the device itself: only who keeps the register sees these, and the server uses them.
        FieldSpec("onvif_url", Text("Địa chỉ ONVIF", "ONVIF address"), queryable=False, readers=EDITORS),
        FieldSpec("rtsp_url", Text("Địa chỉ RTSP", "RTSP address"), queryable=False, readers=EDITORS),
        FieldSpec("snapshot_url", Text("Địa chỉ ảnh chụp", "Snapshot address"), queryable=False, readers=EDITORS),
        # The name of a secret "camera-…", never the password itself.
        FieldSpec("login", Text("Tên mật khẩu thiết bị", "Name of its login"), max_length=60, readers=EDITORS),
    ),
    title_field="name",
    editors=EDITORS,
    live=True,
    expected_every_s=3600,
)
