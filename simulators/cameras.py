# SPDX-License-Identifier: Apache-2.0
"""409 invented cameras: four to eight in each unit of the former city, two or more in every other one."""

from collections import Counter
from random import Random

from simulators.boundaries import Ground, Json, Unit
from simulators.places_in_unit import LonLat, both_units, pull, spread

TOTAL = 409
_OWNERS = ("Trung tâm IOC tỉnh Thái Nguyên", "Công an tỉnh Thái Nguyên")
_KINDS = ("fixed", "ptz", "dome", "plate")


def generate(ground: Ground, seed: str) -> list[Json]:
    """One record per camera; the id holds today's unit code and a running number in that unit."""
    numbers: Counter[str] = Counter()
    records = []
    for place, unit in _spots(ground, seed):
        numbers[unit.code] += 1
        label = f"{unit.code}-{numbers[unit.code]:02d}"
        rng = Random(f"{seed}/camera/{label}")
        owner = rng.choice((*_OWNERS, f"UBND {unit.place}"))
        records.append(
            {
                "id": f"CAM-{label}",
                "lon": place[0],
                "lat": place[1],
                "name": f"Camera {label} · {unit.name}",
                "kind": rng.choices(_KINDS, (50, 20, 18, 12))[0],
                "status": rng.choices(("online", "offline", "maintenance"), (92, 5, 3))[0],
                "azimuth": rng.randrange(0, 360, 5),
                "owner": owner,
                **_sight(label, seed),
            }
        )
    return records


def _sight(label: str, seed: str) -> Json:
    """How wide and how far it sees, what it is for, and what the law asks; drawn apart from the rest."""
    rng = Random(f"{seed}/camera-sight/{label}")
    return {
        "hfov": rng.choice((30, 54, 54, 90, 110)),
        "range_m": rng.choice((40, 60, 80, 120)),
        "purpose": rng.choice(("giao thông", "an ninh, trật tự", "giao thông, an ninh")),
        "signposted": rng.random() < 0.9,
        "qcvn135": rng.random() < 0.6,
    }


def _spots(ground: Ground, seed: str) -> list[tuple[LonLat, Unit]]:
    found: list[tuple[LonLat, Unit]] = []
    for old in ground.city:
        rng = Random(f"{seed}/cameras/{old.set}/{old.code}")
        wanted = min(8, 4 + round(pull(old) * 1.8))
        clear = ((place, both_units(ground, old, place)) for place in spread(rng, old, wanted + 6))
        found += [(place, unit) for place, unit in clear if unit is not None][:wanted]
    counts = _share_out(TOTAL - len(found), ground.outer)
    for unit in ground.outer:
        rng = Random(f"{seed}/cameras/{unit.set}/{unit.code}")
        found += [(place, unit) for place in spread(rng, unit, counts[unit.code])]
    return found


def _share_out(total: int, units: tuple[Unit, ...]) -> dict[str, int]:
    """Two each, then one more at a time: wards first and again, communes after them."""
    counts = {unit.code: 2 for unit in units}
    wards = [unit.code for unit in units if unit.urban]
    order = wards * 3 + [unit.code for unit in units]
    for step in range(total - sum(counts.values())):
        counts[order[step % len(order)]] += 1
    return counts
