# SPDX-License-Identifier: Apache-2.0
"""Which period a table of figures is of. Pure.

A code is no identity: every code of the 92 units of 2025 was another unit's before. A table that is read as one of the
wrong period gives figures of other places without a word, so doubt is an answer here.
"""

from collections.abc import Collection, Mapping

from boundaries.crosswalk.values import CodeSet
from boundaries.errors import AnotherPeriod, CodesUnknown
from boundaries.reading.spelling import bare

_SHOWN = 20


def check_period(
    codes: Collection[str],
    names: Mapping[str, str],
    claimed: CodeSet,
    sets: Collection[CodeSet],
    *,
    confirmed: bool,
) -> None:
    """Whether the codes, and the names when there are some, are those of the set that the sender says.

    Raises:
        CodesUnknown: codes that the set does not have; it says which set has them.
        AnotherPeriod: all codes are in the set, but the table is that of another one.
    """
    others = [one for one in sets if one.id != claimed.id]
    unknown = sorted(set(codes) - set(claimed.names))
    if unknown:
        belongs = _fitting(codes, unknown, others)
        which = ", ".join(unknown[:_SHOWN]) + (f" … ({len(unknown)})" if len(unknown) > _SHOWN else "")
        raise CodesUnknown(
            f"{claimed.id} has no unit {which}." + (f" These are codes of {', '.join(belongs)}." if belongs else ""),
            codes=unknown[:_SHOWN],
            unknown=len(unknown),
            belongs_to=belongs,
            detail_vi=f"Bộ {claimed.id} không có đơn vị {which}."
            + (f" Đây là mã của bộ {', '.join(belongs)}." if belongs else ""),
        )
    if confirmed:
        return
    better = _named_like(names, claimed, others) or _same_list(codes, claimed, others)
    if better is not None:
        raise AnotherPeriod(
            f"These are codes of {better.id}, whose units are others than those of {claimed.id} under the same codes. "
            "If they really are of the set you named, send 'period_confirmed': true.",
            belongs_to=[better.id],
            detail_vi=f"Đây là mã của bộ {better.id}; cùng mã nhưng khác đơn vị so với bộ {claimed.id}. Nếu đúng là số "
            "liệu của bộ đã chọn, hãy gửi 'period_confirmed': true.",
        )


def _fitting(codes: Collection[str], unknown: list[str], others: list[CodeSet]) -> list[str]:
    """The sets that have all codes; else those that have all that are unknown here."""
    whole = [one.id for one in others if set(codes) <= set(one.names)]
    return whole or [one.id for one in others if set(unknown) <= set(one.names)]


def _named_like(names: Mapping[str, str], claimed: CodeSet, others: list[CodeSet]) -> CodeSet | None:
    """The set whose names under these codes fit better, when fewer than half fit the claimed one."""
    if not names:
        return None
    fits = _agreeing(names, claimed)
    best = max(others, key=lambda one: _agreeing(names, one), default=None)
    return best if best is not None and 2 * fits < len(names) and _agreeing(names, best) > fits else None


def _agreeing(names: Mapping[str, str], units: CodeSet) -> int:
    return sum(1 for code, name in names.items() if bare(units.names.get(code, "")) == bare(name))


def _same_list(codes: Collection[str], claimed: CodeSet, others: list[CodeSet]) -> CodeSet | None:
    """Another set whose whole list of codes was sent, and whose units have other names under them."""
    sent = set(codes)
    if len(sent) == len(claimed.names):
        return None
    for one in others:
        if sent == set(one.names) and any(bare(one.names[code]) != bare(claimed.names[code]) for code in sent):
            return one
    return None
