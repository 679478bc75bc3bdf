# SPDX-License-Identifier: Apache-2.0
"""People who have an electronic health record, by unit and month. A share, counted by the health side."""

from layers.groups import INDICATORS
from layers.indicator_fields import fields_of
from layers.measures import Measure
from layers.spec import LayerSpec, Render, Text
from layers.visibility import EDITORS

_MEASURE = Measure(
    unit=Text("%", "%"),
    no_data=Text("chưa có dữ liệu, hoặc quá ít người để công bố", "no data, or too few people to show"),
    grain="month",
    minimum=0,
    maximum=100,
    ramp=("#f1eef6", "#d7b5d8", "#df65b0", "#dd1c77", "#980043"),
    smallest=11,
)

LAYER = LayerSpec(
    id="health_records",
    title=Text("Hồ sơ sức khoẻ điện tử", "Electronic health records"),
    description=Text(
        "Tỷ lệ người dân có hồ sơ sức khoẻ điện tử theo xã, phường và tháng",
        "Share of people who have an electronic health record, by commune or ward, and month",
    ),
    group=INDICATORS,
    geometry="Polygon",
    store="indicator",
    measure=_MEASURE,
    render=Render(kind="choropleth", icon="clinic", color="#dd1c77", order=40, visible=False),
    fields=fields_of(Text("Có hồ sơ sức khoẻ điện tử", "Have a record"), _MEASURE),
    title_field="name",
    has_time=True,
    live=True,
    h3=False,
    editors=EDITORS,
)
