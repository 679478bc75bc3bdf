# SPDX-License-Identifier: Apache-2.0
"""Environmental stations with their latest readings."""

from layers.groups import DEVICES
from layers.observed import OBSERVED
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

LAYER = LayerSpec(
    id="sensors",
    title=Text("Trạm quan trắc", "Sensors"),
    description=Text("Trạm quan trắc môi trường, số đo mới nhất", "Environmental stations, latest readings"),
    group=DEVICES,
    render=Render(icon="sensor", color="#3ddc97", color_by="kind", radius_px=5.0, order=20),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=200, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại trạm", "Station type"),
            "choice",
            choices=(
                Choice("air", Text("Không khí", "Air"), "#3ddc97"),
                Choice("water", Text("Nước mặt", "Surface water"), "#2a9df4"),
                Choice("rain", Text("Lượng mưa", "Rain"), "#7b8cff"),
                Choice("noise", Text("Tiếng ồn", "Noise"), "#c792ea"),
                Choice("wastewater", Text("Nước thải", "Waste water"), "#b08d57"),
                Choice("emission", Text("Khí thải", "Exhaust gas"), "#ff9f68"),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Kết nối", "Connection"),
            "choice",
            choices=(
                Choice("online", Text("Trực tuyến", "Online")),
                Choice("offline", Text("Mất kết nối", "Offline")),
            ),
            in_tiles=True,
        ),
        FieldSpec("description", Text("Mô tả", "Description"), max_length=1000, queryable=False),
        FieldSpec("aqi", Text("VN_AQI", "VN_AQI"), "number", minimum=0, maximum=1000, in_tiles=True),
        FieldSpec("pm25", Text("PM2.5", "PM2.5"), "number", unit="µg/m³", minimum=0, maximum=5000),
        FieldSpec("level_m", Text("Mực nước", "Water level"), "number", unit="m", minimum=-100, maximum=3000),
    ),
    observed=OBSERVED,
    title_field="name",
    editors=EDITORS,
    live=True,
    expected_every_s=3600,
)
