# SPDX-License-Identifier: Apache-2.0
"""Public cameras and whether they answer."""

from layers.groups import DEVICES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

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
            choices=(
                Choice("ptz", Text("Quay quét (PTZ)", "Pan-tilt-zoom")),
                Choice("fixed", Text("Cố định", "Fixed")),
                Choice("plate", Text("Nhận diện biển số", "Plate reader")),
                Choice("dome", Text("Bán cầu", "Dome")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Kết nối", "Connection"),
            "choice",
            choices=(
                Choice("online", Text("Trực tuyến", "Online"), "#58a6ff"),
                Choice("offline", Text("Mất kết nối", "Offline"), "#e5383b"),
                Choice("maintenance", Text("Bảo trì", "Maintenance"), "#9aa5b1", faded=True),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "azimuth",
            Text("Hướng nhìn", "Azimuth"),
            "number",
            unit="°",
            minimum=0,
            maximum=360,
            in_tiles=True,
        ),
        FieldSpec("owner", Text("Đơn vị quản lý", "Owner"), max_length=200),
    ),
    title_field="name",
    editors=EDITORS,
    live=True,
    expected_every_s=3600,
)
