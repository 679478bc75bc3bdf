# SPDX-License-Identifier: Apache-2.0
"""Administrative units, in every generation. The code alone names none: 05443 was Trưng Vương, is Phan Đình Phùng."""

from layers.groups import ADMINISTRATION
from layers.spec import FieldSpec, LayerSpec, Render, Text

LAYER = LayerSpec(
    id="units",
    title=Text("Xã, phường", "Administrative units"),
    description=Text("Địa giới xã, phường theo từng thời kỳ", "Wards and communes, by period"),
    group=ADMINISTRATION,
    geometry="Polygon",
    store="unit",
    render=Render(kind="unit", icon="unit", color="#7aa2f7", order=10, labels=True),
    fields=(
        FieldSpec("code", Text("Mã ĐVHC", "Unit code"), max_length=10, required=True, in_tiles=True),
        FieldSpec("name", Text("Tên", "Name"), max_length=100, required=True, in_tiles=True),
        FieldSpec("full_name", Text("Tên đầy đủ", "Full name"), max_length=120, in_tiles=True),
        FieldSpec("type", Text("Loại", "Type"), max_length=40, in_tiles=True),
        FieldSpec("area_km2", Text("Diện tích", "Area"), "number", unit="km²", minimum=0),
    ),
    title_field="full_name",
    has_time=True,
    h3=False,
)
