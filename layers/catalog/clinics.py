# SPDX-License-Identifier: Apache-2.0
"""Hospitals, clinics and pharmacies, from OpenStreetMap until the health records system sends its own."""

from layers.groups import FACILITIES, OSM_CREDIT
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

LAYER = LayerSpec(
    id="clinics",
    title=Text("Cơ sở y tế", "Clinics"),
    description=Text("Bệnh viện, phòng khám, nhà thuốc", "Hospitals, clinics, pharmacies"),
    group=FACILITIES,
    render=Render(icon="clinic", color="#ff6b8a", radius_px=4.5, order=20),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Loại", "Type"),
            "choice",
            choices=(
                Choice("hospital", Text("Bệnh viện", "Hospital")),
                Choice("clinic", Text("Phòng khám, trạm y tế", "Clinic")),
                Choice("pharmacy", Text("Nhà thuốc", "Pharmacy")),
            ),
            in_tiles=True,
        ),
        FieldSpec(
            "status",
            Text("Tình trạng", "Status"),
            "choice",
            choices=(
                Choice("active", Text("Đang hoạt động", "Active")),
                Choice("suspended", Text("Tạm ngừng", "Suspended"), faded=True),
            ),
            in_tiles=True,
        ),
        FieldSpec("beds", Text("Giường bệnh", "Beds"), "integer", minimum=0, maximum=20000),
        FieldSpec("address", Text("Địa chỉ", "Address"), max_length=300),
        FieldSpec("facility_code", Text("Mã CSKCB", "Facility code"), max_length=60),
        FieldSpec("managed_by", Text("Cơ quan chủ quản", "Managing organisation"), max_length=300),
        FieldSpec("services", Text("Dịch vụ", "Services"), max_length=300),
    ),
    title_field="name",
    editors=EDITORS,
    zooms=(8, 22),
    attribution=OSM_CREDIT,
)
