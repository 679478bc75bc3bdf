# SPDX-License-Identifier: Apache-2.0
"""What the whole map shows first: the set of units to open with, its extent, and how far the map may move."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.state import AppState
from geo.bbox import BBox
from layers.query import UnitSet, box_around, published_sets
from layers.spec import LayerSpec
from layers.units_sql import local_date

_MARGIN_DEGREES = 0.29  # 30 km around the province, on the generous side


@dataclass(frozen=True)
class Site:
    """The published sets, the one valid today and the one to open with."""

    sets: tuple[UnitSet, ...]
    today: UnitSet | None
    opening: UnitSet | None

    @property
    def max_bounds(self) -> BBox | None:
        """Everything that may be seen."""
        around = box_around(unit_set.bbox for unit_set in self.sets)
        return None if around is None else around.widened(_MARGIN_DEGREES)

    def find(self, set_id: str) -> UnitSet | None:
        """The set of that id."""
        return next((unit_set for unit_set in self.sets if unit_set.id == set_id), None)


async def site_of(state: AppState) -> Site:
    """Read the sets and choose."""
    sets = await published_sets(state.database)
    day = local_date(state.clock())
    today = next((unit_set for unit_set in sets if unit_set.is_valid_on(day)), None)
    wanted = next((unit_set for unit_set in sets if unit_set.id == state.settings.default_set), None)
    return Site(sets, today, wanted or today or next(iter(sets), None))


def site_member(site: Site, specs: Iterable[LayerSpec], *, demo: bool) -> dict[str, Any]:
    """The member ``toancanh`` of /collections."""
    return {
        "demo": demo,
        "default_set": site.opening and site.opening.id,
        "view": {"bbox": list(site.opening.bbox)} if site.opening else None,
        "max_bounds": list(site.max_bounds) if site.max_bounds else None,
        "attribution": _attribution(site, specs),
    }


def units_attribution(site: Site) -> dict[str, str] | None:
    """Whom to name for the units."""
    found = list(dict.fromkeys(unit_set.attribution for unit_set in site.sets if unit_set.attribution))
    return _joined(found)


def _attribution(site: Site, specs: Iterable[LayerSpec]) -> dict[str, str] | None:
    of_layers = [(spec.attribution.vi, spec.attribution.en) for spec in specs if spec.attribution]
    of_sets = [unit_set.attribution for unit_set in site.sets if unit_set.attribution]
    return _joined(list(dict.fromkeys([*of_layers, *of_sets])))


def _joined(found: list[tuple[str, str]]) -> dict[str, str] | None:
    if not found:
        return None
    return {"vi": " · ".join(vi for vi, _ in found), "en": " · ".join(en for _, en in found)}
