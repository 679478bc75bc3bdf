# SPDX-License-Identifier: Apache-2.0
"""Population of administrative units by year."""

from layers.groups import INDICATORS
from layers.indicator_fields import fields_of
from layers.measures import Measure
from layers.spec import LayerSpec, Render, Text
from layers.visibility import EDITORS

_MEASURE = Measure(
    unit=Text("người", "people"),
    no_data=Text("chưa có dữ liệu dân số", "no population data"),
    whole=True,
    minimum=0,
    maximum=200_000_000,
    additive=True,
)

LAYER = LayerSpec(
    id="population",
    title=Text("Dân số", "Population"),
    description=Text("Dân số theo xã, phường và năm", "Population by commune or ward, and year"),
    group=INDICATORS,
    geometry="Polygon",
    store="indicator",
    measure=_MEASURE,
    render=Render(kind="choropleth", icon="people", color="#fc7a3a", order=10, visible=False),
    fields=fields_of(Text("Dân số", "Population"), _MEASURE),
    title_field="name",
    has_time=True,
    live=True,
    h3=False,
    editors=EDITORS | {"planner"},
)
