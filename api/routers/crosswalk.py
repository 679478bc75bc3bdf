# SPDX-License-Identifier: Apache-2.0
"""Figures of one generation of units on another."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.body import read_json
from api.deps import Reading, State
from api.readers import Reader
from boundaries.crosswalk.answer import moved, pairs_of, summary_of
from boundaries.crosswalk.load import known_crosswalks
from boundaries.crosswalk.periods import check_period
from boundaries.crosswalk.question import Question, read_question
from boundaries.crosswalk.values import Crosswalk
from boundaries.crosswalk.weights import Weighting
from boundaries.errors import WeightMissing
from geo.errors import BadParameter, NotAllowed
from layers.crosswalk_counts import count_overlaps

router = APIRouter(prefix="/boundaries/crosswalk", tags=["Boundaries"])
SCHOOLS = "schools"
_MAX_BYTES = 1 << 20
_Set = Annotated[str | None, Query(max_length=61, description="A set, as the list without parameters names it")]


@router.get("", summary="Which old unit went into which new one")
async def crosswalk(
    state: State, reader: Reading, from_set: Annotated[_Set, Query(alias="from")] = None, to: _Set = None
) -> dict[str, Any]:
    """The pairs of two sets; without parameters, which sets are connected."""
    reader.registry.require("units")
    if (from_set is None) != (to is None):
        raise BadParameter("Send both 'from' and 'to', or neither.", detail_vi="Cần cả 'from' và 'to'.")
    known = await known_crosswalks(state.database)
    if from_set is None or to is None:
        return {"crosswalks": [summary_of(one) for one in known.crosswalks.values()]}
    return pairs_of(known.between(from_set, to))


@router.post("/values", summary="Figures of one set on the units of another")
async def values(request: Request, state: State, reader: Reading) -> dict[str, Any]:
    """Whole units are added; those that were split are divided by a weight, and the answer says what was estimated."""
    reader.registry.require("units")
    question = read_question(await read_json(request, _MAX_BYTES))
    known = await known_crosswalks(state.database)
    chosen = known.between(question.from_set, question.to_set)
    sets = known.sets.values()
    check_period(question.figures, question.names, chosen.from_set, sets, confirmed=question.period_confirmed)
    return moved(chosen, question, await _weighting(reader, chosen, question))


async def _weighting(reader: Reader, chosen: Crosswalk, question: Question) -> Weighting:
    if question.weighting.weight != "schools":
        return question.weighting
    reader.registry.require(SCHOOLS)
    without = [one.id for one in (chosen.from_set, chosen.to_set) if not one.has_shapes]
    if without:
        raise WeightMissing(
            f"Schools can be counted only where both sets have shapes; there are none of {', '.join(without)}.",
            sets=without,
            detail_vi=f"Chỉ đếm được trường học khi cả hai bộ có ranh giới; chưa có: {', '.join(without)}.",
        )
    if reader.visibility.units is not None:
        raise NotAllowed(
            "Who sees one area only cannot weigh by schools of all areas.",
            code="outside_area",
            detail_vi="Tài khoản chỉ xem một địa bàn không dùng được trọng số này.",
        )
    counts = await count_overlaps(reader.database, SCHOOLS, chosen.from_set.id, chosen.to_set.id)
    return replace(question.weighting, parts=counts)
