# SPDX-License-Identifier: Apache-2.0
"""Invented CAP 1.2 messages over the demonstration's communes: chains, exercises, and some that are wrong.

Written by hand from the standard's text; in CAP a position is latitude, longitude.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from random import Random
from xml.sax.saxutils import escape

from simulators.boundaries import PROVINCE_SET, Unit, load_ground
from simulators.texts_vi import AlertText, alert_texts

VIETNAM = timezone(timedelta(hours=7))
SENDER = "mo-phong@ioc.example"
CATEGORIES = {"weather": "Met", "flood": "Met", "landslide": "Geo", "fire": "Fire", "health": "Health",
              "traffic": "Transport", "utility": "Infra", "security": "Security"}  # fmt: skip
CODE_LIST = "urn:x-vn-gso:commune:2025"
IN_FORCE = 9


@dataclass(frozen=True)
class Area:
    """Where a message warns: elements in the order of the standard."""

    name: str
    polygon: str = ""
    circle: str = ""
    code: str = ""


@dataclass(frozen=True)
class Sent:
    """One message as it was sent."""

    identifier: str
    sent: datetime
    text: AlertText
    area: Area
    expires: datetime
    kind: str = "Alert"
    status: str = "Actual"
    references: tuple["Sent", ...] = ()
    title: str = ""
    note: str = ""

    @property
    def triple(self) -> str:
        """How later messages name it."""
        return f"{SENDER},{self.identifier},{_moment(self.sent)}"

    @property
    def headline(self) -> str:
        """The line that people read first."""
        return f"{self.title or self.text.title} – {self.area.name}"

    def xml(self) -> str:
        """The document."""
        references = " ".join(one.triple for one in self.references)
        return "".join((
            '<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
            _tag("identifier", self.identifier), _tag("sender", SENDER), _tag("sent", _moment(self.sent)),
            _tag("status", self.status), _tag("msgType", self.kind), _tag("scope", "Public"),
            _tag("note", self.note), _tag("references", references), self._info(), "</alert>\n",
        ))  # fmt: skip

    def _info(self) -> str:
        code = f"<geocode>{_tag('valueName', CODE_LIST)}{_tag('value', self.area.code)}</geocode>"
        area = "".join((
            _tag("areaDesc", self.area.name), _tag("polygon", self.area.polygon), _tag("circle", self.area.circle),
            code if self.area.code else "",
        ))  # fmt: skip
        return "".join((
            "<info>", _tag("language", "vi-VN"), _tag("category", CATEGORIES.get(self.text.kind, "Other")),
            _tag("event", self.text.title), _tag("responseType", "AllClear" if self.kind == "Cancel" else "Avoid"),
            _tag("urgency", "Past" if self.kind == "Cancel" else "Immediate"),
            _tag("severity", self.text.severity.capitalize()), _tag("certainty", "Likely"),
            _tag("effective", _moment(self.sent)), _tag("expires", _moment(self.expires)),
            _tag("senderName", self.text.agency), _tag("headline", self.headline),
            _tag("description", self.text.description), _tag("instruction", self.text.instruction),
            f"<area>{area}</area></info>",
        ))  # fmt: skip


def chains(count: int, seed: str, now: datetime) -> Iterator[tuple[Sent, ...]]:
    """So many alerts, each with what became of it: a sixth is updated, some twice, and a tenth is cancelled."""
    units = load_ground().province
    texts = alert_texts()
    for number in range(count):
        rng = Random(f"{seed}/cap/{number}")
        text = rng.choices(texts, [one.weight for one in texts])[0]
        unit = rng.choice(units)
        in_force = number < IN_FORCE
        sent = now - timedelta(hours=rng.uniform(1, 8) if in_force else rng.uniform(48, 24 * 300))
        expires = now + timedelta(hours=rng.uniform(24, 60)) if in_force else sent + timedelta(hours=text.hours)
        first = Sent(f"MP-{number:05d}-0", sent.replace(microsecond=0), text, _area(rng, unit), expires)
        chain = [first]
        while rng.random() < 0.17 and len(chain) < 4:
            chain.append(_later(chain, rng, "Update"))
        if rng.random() < 0.1:
            chain.append(_later(chain, rng, "Cancel"))
        yield tuple(chain)


def exercises(count: int, seed: str, now: datetime) -> Iterator[Sent]:
    """Messages that nobody must take for real."""
    for number, chain in enumerate(chains(count, f"{seed}/exercise", now)):
        status = ("Exercise", "Test", "System", "Draft")[number % 4]
        yield replace(chain[0], identifier=f"MP-DT-{number:03d}", status=status, note="Diễn tập, không phải tin thật",
                      title="DIỄN TẬP: " + chain[0].text.title)  # fmt: skip


def broken(seed: str, now: datetime) -> dict[str, str]:
    """Documents that are wrong, by what is wrong with them."""
    unit = Random(f"{seed}/broken").choice(load_ground().province)
    ring = _ring(unit)
    text = alert_texts()[0]

    def of(name: str, positions: list[tuple[float, float]]) -> Sent:
        area = Area(f"{unit.full_name}", polygon=" ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in positions))
        return Sent(f"MP-SAI-{name}", now.replace(microsecond=0), text, area, now + timedelta(hours=6))

    crossing = [ring[0], ring[len(ring) // 2], ring[len(ring) // 4], ring[3 * len(ring) // 4], ring[0]]
    good = of("tot", ring)
    zulu = replace(good, identifier="MP-SAI-z").xml().replace("+07:00<", "Z<")
    late = replace(good, identifier="MP-SAI-order", expires=now - timedelta(hours=5))
    return {
        "swapped": of("swapped", [(lat, lon) for lon, lat in ring]).xml(),
        "open": of("open", ring[:-1]).xml(),
        "crossing": of("crossing", crossing).xml(),
        "zulu": zulu,
        "order": late.xml(),
    }


def _later(chain: list[Sent], rng: Random, kind: str) -> Sent:
    """The next message of a chain; some senders name every earlier one, some only the last."""
    last = chain[-1]
    moment = last.sent + timedelta(minutes=rng.randrange(5, 40))
    named = tuple(chain) if rng.random() < 0.5 else (last,)
    number = f"{chain[0].identifier[:-1]}{len(chain)}"
    return replace(last, identifier=number, sent=moment, kind=kind, references=named,
                   expires=max(last.expires, moment), title=f"{last.text.title} (tin số {len(chain) + 1})")  # fmt: skip


def _area(rng: Random, unit: Unit) -> Area:
    form = rng.random()
    if form < 0.2:
        return Area(unit.full_name, code=unit.code)
    if form < 0.5:
        point = unit.core.representative_point()
        return Area(unit.full_name, circle=f"{point.y:.5f},{point.x:.5f} {rng.uniform(0.3, 3):.2f}", code=unit.code)
    pairs = [f"{lat:.5f},{lon:.5f}" for lon, lat in _ring(unit)]
    # Some systems write line ends inside; readers must bear it.
    return Area(unit.full_name, polygon=("\n  " if form < 0.6 else " ").join(pairs), code=unit.code)


def _ring(unit: Unit) -> list[tuple[float, float]]:
    """The commune's outline drawn in, of few positions, (lon, lat), closed."""
    shape = unit.shape.buffer(-0.004).simplify(0.003)
    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: float(part.area))
    if largest.is_empty:
        largest = unit.shape.convex_hull
    ring = [(round(lon, 5), round(lat, 5)) for lon, lat in largest.exterior.coords]
    return [*ring[:-1], ring[0]]


def _moment(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).replace(microsecond=0).isoformat()


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


assert PROVINCE_SET == "province-2025", "the code list above is of that set"
