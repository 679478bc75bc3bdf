# SPDX-License-Identifier: Apache-2.0
"""Accounts of the citizen app C-ThaiNguyen, by unit and month. Counts only: whose they are never comes in."""

from layers.groups import INDICATORS
from layers.indicator_fields import fields_of
from layers.measures import Measure
from layers.spec import LayerSpec, Render, Text
from layers.visibility import EDITORS

_MEASURE = Measure(
    unit=Text("tài khoản", "accounts"),
    no_data=Text("chưa có dữ liệu, hoặc quá ít tài khoản để công bố", "no data, or too few accounts to show"),
    grain="month",
    whole=True,
    minimum=0,
    maximum=200_000_000,
    additive=True,
    ramp=("#fef0d9", "#fdcc8a", "#fc8d59", "#e34a33", "#b30000"),
    smallest=5,
)

LAYER = LayerSpec(
    id="app_accounts",
    title=Text("Tài khoản C-ThaiNguyen", "C-ThaiNguyen accounts"),
    description=Text(
        "Số tài khoản ứng dụng C-ThaiNguyen theo xã, phường và tháng",
        "Accounts of the citizen app C-ThaiNguyen by commune or ward, and month",
    ),
    group=INDICATORS,
    geometry="Polygon",
    store="indicator",
    measure=_MEASURE,
    render=Render(kind="choropleth", icon="people", color="#e34a33", order=50, visible=False),
    fields=fields_of(Text("Tài khoản", "Accounts"), _MEASURE),
    title_field="name",
    has_time=True,
    live=True,
    h3=False,
    editors=EDITORS,
)
