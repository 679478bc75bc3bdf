# SPDX-License-Identifier: Apache-2.0
"""Values by administrative unit."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.indicators import units_answer
from api.media import Json
from api.parameters import described, values_of
from layers.aggregate import choice_of, count_by_unit
from layers.filters import WHERE_PARAMETERS, parameters_of

router = APIRouter(tags=["Values by unit"])


@router.get(
    "/collections/{layer}/units",
    summary="Values by administrative unit: an indicator's, or counts of features",
    openapi_extra=described(
        "set", "group_by", *WHERE_PARAMETERS, "period", "classes", "method", "properties", csv=True
    ),
)
async def units(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """By the units of ``set``, else by the units that were valid at each feature's own time."""
    spec = reader.registry.require(layer)
    if spec.store == "indicator":
        return await units_answer(spec, request, state, reader)
    values = values_of(request, *parameters_of(spec, "set", "group_by", *WHERE_PARAMETERS))
    query = reader.query(spec, values)
    group_by = choice_of(spec, values.get("group_by"))
    found = await count_by_unit(reader.database, spec, query, group_by, state.clock())
    return Json(
        {
            "layer": layer,
            "set": query.unit_set,
            "rule": "units of the set" if query.unit_set else "units valid at each feature's own time",
            "measure": "count",
            "total": found.total,
            "unlocated": found.unlocated,
            "outside": found.outside,
            **({} if group_by is None else {"group_by": group_by.name, "groups": found.groups}),
            "units": found.units,
        }
    )
