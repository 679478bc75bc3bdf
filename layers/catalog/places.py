# SPDX-License-Identifier: Apache-2.0
"""Police posts, town halls and other places that operators look for, from OpenStreetMap."""

from layers.groups import FACILITIES, OSM_CREDIT
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

LAYER = LayerSpec(
    id="places",
    title=Text("Địa điểm", "Places"),
    description=Text(
        "Trụ sở công an, UBND, chợ, bến xe và địa điểm khác", "Police posts, town halls, markets and more"
    ),
    group=FACILITIES,
    render=Render(icon="place", color="#b39ddb", radius_px=3.5, order=30, visible=False),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại", "Type"),
            "choice",
            choices=(
                Choice("police", Text("Trụ sở công an", "Police post")),
                Choice("townhall", Text("Trụ sở UBND", "Town hall")),
                Choice("fire_station", Text("Đội chữa cháy", "Fire station")),
                Choice("post_office", Text("Bưu điện", "Post office")),
                Choice("community_centre", Text("Nhà văn hoá", "Community centre")),
                Choice("marketplace", Text("Chợ", "Market")),
                Choice("bus_station", Text("Bến xe", "Bus station")),
                Choice("worship", Text("Cơ sở tôn giáo, tín ngưỡng", "Place of worship")),
                Choice("fuel", Text("Cửa hàng xăng dầu", "Fuel station")),
                Choice("bank", Text("Ngân hàng", "Bank")),
                Choice("library", Text("Thư viện", "Library")),
                Choice("other", Text("Loại khác", "Other")),
            ),
            in_tiles=True,
        ),
        FieldSpec("address", Text("Địa chỉ", "Address"), max_length=300),
    ),
    title_field="name",
    editors=EDITORS,
    zooms=(8, 22),
    attribution=OSM_CREDIT,
)
