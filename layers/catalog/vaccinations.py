# SPDX-License-Identifier: Apache-2.0
"""Children under one year who are fully vaccinated, by unit and month. The health side counts; no child comes in."""

from layers.groups import INDICATORS
from layers.indicator_fields import fields_of
from layers.measures import Measure
from layers.spec import LayerSpec, Render, Text
from layers.visibility import EDITORS

_MEASURE = Measure(
    unit=Text("%", "%"),
    no_data=Text("chưa có dữ liệu, hoặc quá ít trẻ để công bố", "no data, or too few children to show"),
    grain="month",
    minimum=0,
    maximum=100,
    ramp=("#edf8e9", "#bae4b3", "#74c476", "#31a354", "#006d2c"),
    smallest=11,
)

LAYER = LayerSpec(
    id="vaccinations",
    title=Text("Tiêm chủng đầy đủ", "Full immunisation"),
    description=Text(
        "Tỷ lệ trẻ dưới 1 tuổi tiêm chủng đầy đủ theo xã, phường và tháng",
        "Share of children under one year who are fully immunised, by commune or ward, and month",
    ),
    group=INDICATORS,
    geometry="Polygon",
    store="indicator",
    measure=_MEASURE,
    render=Render(kind="choropleth", icon="clinic", color="#31a354", order=30, visible=False),
    fields=fields_of(Text("Trẻ tiêm chủng đầy đủ", "Fully immunised"), _MEASURE),
    title_field="name",
    has_time=True,
    live=True,
    h3=False,
    editors=EDITORS,
)
