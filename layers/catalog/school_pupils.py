# SPDX-License-Identifier: Apache-2.0
"""Pupils of the schools of administrative units, by school year."""

from layers.groups import INDICATORS
from layers.indicator_fields import fields_of
from layers.measures import Measure
from layers.spec import LayerSpec, Render, Text
from layers.visibility import EDITORS

_MEASURE = Measure(
    unit=Text("học sinh", "pupils"),
    no_data=Text("chưa có dữ liệu học sinh", "no data on pupils"),
    whole=True,
    minimum=0,
    maximum=50_000_000,
    additive=True,
    ramp=("#edf8b1", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"),
)

LAYER = LayerSpec(
    id="school_pupils",
    title=Text("Học sinh", "Pupils"),
    description=Text("Số học sinh theo xã, phường và năm học", "Pupils by commune or ward, and school year"),
    group=INDICATORS,
    geometry="Polygon",
    store="indicator",
    measure=_MEASURE,
    render=Render(kind="choropleth", icon="school", color="#41b6c4", order=20, visible=False),
    fields=fields_of(Text("Học sinh", "Pupils"), _MEASURE),
    title_field="name",
    has_time=True,
    live=True,
    h3=False,
    editors=EDITORS | {"planner"},
)
