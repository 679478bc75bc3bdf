# SPDX-License-Identifier: Apache-2.0
"""Schools, from OpenStreetMap until the education database sends its own."""

from layers.groups import FACILITIES, OSM_CREDIT
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import EDITORS

LAYER = LayerSpec(
    id="schools",
    title=Text("Trường học", "Schools"),
    description=Text("Trường mầm non, phổ thông, cao đẳng, đại học", "Kindergartens, schools, colleges, universities"),
    group=FACILITIES,
    render=Render(icon="school", color="#f5b83d", radius_px=4.0, order=10),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), max_length=300, required=True, in_tiles=True),
        FieldSpec(
            "kind",
            Text("Bậc học", "Level"),
            "choice",
            choices=(
                Choice("kindergarten", Text("Mầm non", "Kindergarten")),
                Choice("school", Text("Phổ thông", "School")),
                Choice("college", Text("Cao đẳng, trung cấp", "College")),
                Choice("university", Text("Đại học", "University")),
            ),
            in_tiles=True,
        ),
        FieldSpec("pupils", Text("Học sinh", "Pupils"), "integer", minimum=0, maximum=200_000),
        FieldSpec("address", Text("Địa chỉ", "Address"), max_length=300),
    ),
    title_field="name",
    editors=EDITORS,
    zooms=(8, 22),
    attribution=OSM_CREDIT,
)
