# SPDX-License-Identifier: Apache-2.0
"""What must be said beside figures that were moved, in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from boundaries.crosswalk.spread import Part
from boundaries.crosswalk.values import Crosswalk, Pair
from boundaries.crosswalk.weights import Weight, Weighting

_BY_AREA = Weighting()


@dataclass(frozen=True)
class Caution:
    """A sentence in both languages, with a stable code and the units it is about."""

    code: str
    units: tuple[str, ...]
    vi: str
    en: str


def cautions_of(
    crosswalk: Crosswalk, parts: Sequence[Part] | None = None, weighting: Weighting = _BY_AREA
) -> list[Caution]:
    """What to know about the crosswalk; with parts, only about those units whose figures were really divided."""
    if parts is None:
        return [*([_BACKWARDS] if crosswalk.is_backwards else []), *_weak_shares(crosswalk, None)]
    divided = {part.from_code for part in parts if not part.is_exact}
    # A table of parts and counted schools need no share of the area.
    by_share = {part.from_code for part in parts if part.by == "area"} if weighting.sizes is None else divided
    return [
        *([_BACKWARDS] if crosswalk.is_backwards and divided else []),
        *_weak_shares(crosswalk, by_share),
        *_of_weights(crosswalk, parts, weighting.weight),
    ]


def _weak_shares(crosswalk: Crosswalk, used: set[str] | None) -> list[Caution]:
    return [
        _weak(crosswalk, code, pairs)
        for code, pairs in _split_units(crosswalk).items()
        if (used is None or _is_used(code, pairs, used, crosswalk.is_backwards))
        and any(pair.confidence == "low" for pair in pairs)
    ]


_BACKWARDS = Caution(
    "backwards",
    (),
    "Quy đổi từ đơn vị mới về đơn vị cũ luôn là ước tính: số liệu của đơn vị mới không cho biết phần của từng đơn vị "
    "cũ.",
    "Figures of new units on old ones are always estimates: a new unit's figure does not tell its parts.",
)


def _split_units(crosswalk: Crosswalk) -> dict[str, list[Pair]]:
    """The old units of which parts went to several new ones, by their code."""
    grouped = crosswalk.by_target if crosswalk.is_backwards else crosswalk.by_source
    return {code: list(pairs) for code, pairs in sorted(grouped.items()) if len(pairs) > 1 and _is_split(pairs)}


def _is_split(pairs: Sequence[Pair]) -> bool:
    return any(pair.basis == "overlap" for pair in pairs)


def _is_used(code: str, pairs: list[Pair], divided: set[str], is_backwards: bool) -> bool:
    return any(pair.from_code in divided for pair in pairs) if is_backwards else code in divided


def _weak(crosswalk: Crosswalk, code: str, pairs: list[Pair]) -> Caution:
    older, newer = (
        (crosswalk.to_set, crosswalk.from_set) if crosswalk.is_backwards else (crosswalk.from_set, crosswalk.to_set)
    )
    into = [
        (pair.from_code, pair.share_to) if crosswalk.is_backwards else (pair.to_code, pair.share_from) for pair in pairs
    ]
    vi = "; ".join(f"{newer.names.get(one, one)} {_percent(share, ',')}" for one, share in into)
    en = "; ".join(f"{newer.names.get(one, one)} {_percent(share, '.')}" for one, share in into)
    name = f"{older.names.get(code, code)} ({code})"
    return Caution(
        "weak_share",
        (code,),
        f"{name} bị chia cho nhiều đơn vị ({vi} diện tích). Tỷ lệ này là ước tính yếu: đo trên ranh giới gần đúng, sai "
        "số ranh giới có thể lớn hơn phần bị chia, và không nói gì về dân số. Xem khoảng thấp nhất – cao nhất.",
        f"{name} was split ({en} of its area). This share is weak: it was measured on approximate lines whose error "
        "may be larger than the part that moved, and says nothing about population. See the range from low to high.",
    )


def _percent(share: float | None, mark: str) -> str:
    return "?" if share is None else f"{share * 100:.1f} %".replace(".", mark)


def _of_weights(crosswalk: Crosswalk, parts: Sequence[Part], asked: Weight) -> list[Caution]:
    found = []
    outside = sorted({part.from_code for part in parts if part.to_code is None})
    if outside:
        found.append(
            Caution(
                "outside",
                tuple(outside),
                f"Số liệu của {len(outside)} đơn vị nằm một phần hoặc toàn bộ ngoài {crosswalk.to_set.id}: 'outside'.",
                f"Figures of {len(outside)} units lie partly or wholly outside {crosswalk.to_set.id}: 'outside'.",
            )
        )
    by_area = tuple(sorted({part.from_code for part in parts if part.by == "area"}))
    if by_area and asked == "schools":
        found.append(
            Caution(
                "no_schools",
                by_area,
                "Các đơn vị này không có trường học nào để làm trọng số nên được chia theo diện tích.",
                "These units have no school to weigh by and were split by area.",
            )
        )
    return found
