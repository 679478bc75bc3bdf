# SPDX-License-Identifier: Apache-2.0
"""What visitors come for, as the smart-tourism platform publishes it."""

from layers.groups import FACILITIES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

LAYER = LayerSpec(
    id="attractions",
    title=Text("Điểm du lịch", "Attractions"),
    description=Text("Danh thắng, di tích, làng nghề, lưu trú", "Sights, monuments, craft villages and where to stay"),
    group=FACILITIES,
    render=Render(icon="place", color="#e9a6c1", radius_px=4, order=40, visible=False),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại", "Type"),
            "choice",
            choices=(
                Choice("scenery", Text("Danh lam, thắng cảnh", "Scenery")),
                Choice("monument", Text("Di tích lịch sử, văn hoá", "Monument")),
                Choice("museum", Text("Bảo tàng", "Museum")),
                Choice("worship", Text("Đình, chùa, nhà thờ", "Temple or church")),
                Choice("craft", Text("Làng nghề, vùng chè", "Craft village, tea country")),
                Choice("eco", Text("Khu sinh thái", "Nature resort")),
                Choice("lodging", Text("Cơ sở lưu trú", "Lodging")),
                Choice("event", Text("Lễ hội, sự kiện", "Festival or event")),
                Choice("other", Text("Loại khác", "Other")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Hoạt động", "State"),
            "choice",
            choices=(
                Choice("open", Text("Mở cửa", "Open")),
                Choice("closed", Text("Tạm đóng cửa", "Closed for now"), faded=True),
            ),
            in_tiles=True,
        ),
        FieldSpec("opening", Text("Giờ mở cửa", "Opening hours"), max_length=200),
        FieldSpec("address", Text("Địa chỉ", "Address"), max_length=300),
        FieldSpec("url", Text("Trang thông tin", "Page"), max_length=500, queryable=False),
    ),
    title_field="name",
    editors=EDITORS,
    zooms=(7, 22),
)
