# SPDX-License-Identifier: Apache-2.0
"""Entities as SensorThings writes them (18-088, section 8 and 9.2). Pure.

What comes along (``$expand``) was put beside each row by ``layers/sta/read.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from layers.sta.address import quoted
from layers.sta.model import ENTITY_TYPES, EntityType
from layers.sta.options import Expand, Options

Json = dict[str, Any]
# Letters that addresses and queries may hold as they are.
_ID_SAFE, _QUERY_SAFE = "'", "$,/()';:"


@dataclass
class Page:
    """Rows of one kind.

    Args:
        more: whether there are others after them.
        count: how many there are, where that was asked for.
    """

    rows: list["Row"]
    more: bool = False
    count: int | None = None


@dataclass
class Row:
    """One entity's values, and the pages that come along, by the relation's name."""

    values: Mapping[str, Any]
    along: dict[str, Page] = field(default_factory=dict)


class Encoder:
    """Writes entities with links below one service root."""

    def __init__(self, root: str) -> None:
        self._root = root

    def address_of(self, kind: EntityType, key: Any) -> str:
        """The self link of an entity."""
        written = quote(quoted(key), safe=_ID_SAFE)
        return f"{self._root}/{kind.plural}({written})"

    def entity(self, kind: EntityType, row: Row, options: Options) -> Json:
        """One entity."""
        key = row.values["id"]
        here = self.address_of(kind, key)
        chosen = options.select
        found: Json = {}
        if not chosen or {"id", "@iot.id"} & set(chosen):
            found["@iot.id"] = key
        if not chosen or "@iot.selfLink" in chosen:
            found["@iot.selfLink"] = here
        for name, kind_of_value in kind.properties.items():
            if not chosen or name in chosen:
                found |= _member(kind, name, told(kind_of_value, row.values[name]))
        self._relations(kind, row, options, here, found)
        return found

    def collection(self, kind: EntityType, page: Page, options: Options, here: str) -> Json:
        """A page of entities at an address, with the link to the next."""
        found: Json = {}
        if page.count is not None:
            found["@iot.count"] = page.count
        if page.more and page.rows:
            found["@iot.nextLink"] = next_link(here, kind, page, options)
        found["value"] = [self.entity(kind, row, options) for row in page.rows]
        return found

    def references(self, kind: EntityType, page: Page, options: Options, here: str) -> Json:
        """The addresses of a page of entities, alone."""
        found = self.collection(kind, Page([], count=page.count), options, here)
        if page.more and page.rows:
            found["@iot.nextLink"] = next_link(here, kind, page, options)
        found["value"] = [self.reference(kind, row) for row in page.rows]
        return found

    def reference(self, kind: EntityType, row: Row) -> Json:
        """The address of one entity."""
        return {"@iot.selfLink": self.address_of(kind, row.values["id"])}

    def data_array(self, page: Page, options: Options, here: str) -> Json:
        """Observations as arrays, one for each datastream (18-088, section 12)."""
        kind = ENTITY_TYPES["Observations"]
        names = [name for name in ("id", *kind.properties) if not options.select or name in options.select]
        arrays: dict[int, Json] = {}
        for row in page.rows:
            stream = row.values["datastream"]
            link = self.address_of(ENTITY_TYPES["Datastreams"], stream)
            array = arrays.setdefault(
                stream, {"Datastream@iot.navigationLink": link, "components": names, "dataArray": []}
            )
            array["dataArray"].append([told(kind.properties.get(name, "text"), row.values[name]) for name in names])
        for array in arrays.values():
            array["dataArray@iot.count"] = len(array["dataArray"])
        found = self.collection(kind, Page([], count=page.count), options, here)
        if page.more and page.rows:
            found["@iot.nextLink"] = next_link(here, kind, page, options)
        return found | {"value": list(arrays.values())}

    def _relations(self, kind: EntityType, row: Row, options: Options, here: str, found: Json) -> None:
        expanded = {expand.relation.name: expand for expand in options.expand}
        for relation in kind.relations:
            expand = expanded.get(relation.name)
            if expand is not None:
                self._along(row, expand, here, found)
            elif not options.select or relation.name in options.select:
                found[f"{relation.name}@iot.navigationLink"] = f"{here}/{relation.name}"

    def _along(self, row: Row, expand: Expand, here: str, found: Json) -> None:
        relation, page = expand.relation, row.along.get(expand.relation.name, Page([]))
        target = ENTITY_TYPES[relation.target]
        if not relation.many:
            found[relation.name] = self.entity(target, page.rows[0], expand.options) if page.rows else None
            return
        if page.count is not None:
            found[f"{relation.name}@iot.count"] = page.count
        if page.more and page.rows:
            there = f"{here}/{relation.name}"
            found[f"{relation.name}@iot.nextLink"] = next_link(there, target, page, expand.options)
        found[relation.name] = [self.entity(target, one, expand.options) for one in page.rows]


def next_link(here: str, kind: EntityType, page: Page, options: Options) -> str:
    """The address of the next page: after this one's last row, or in an order of the client's by number."""
    raw = {name: value for name, value in (options.raw or {}).items() if name not in ("$skip", "$skiptoken")}
    if options.order or not page.rows:
        raw["$skip"] = str(options.skip + options.top)
    else:
        raw["$skiptoken"] = str(page.rows[-1].values["id"])
    written = urlencode(raw, quote_via=quote, safe=_QUERY_SAFE)
    return f"{here}?{written}"


def told(kind: str, value: Any) -> Any:
    """A value as JSON has it."""
    if kind == "moment":
        return moment(value)
    if kind == "period":
        return None if value is None or value[0] is None else "/".join(_plain(one) for one in value)
    return value


def moment(value: datetime | None) -> str | None:
    """A moment in UTC, without a fraction that is nothing."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(text: str) -> str:
    return str(moment(datetime.fromisoformat(text)))


def _member(kind: EntityType, name: str, value: Any) -> Json:
    """A property; what an entity may lack is left out, what it must have is null where nothing is known."""
    if name == "feature":
        return {name: value or {"type": "Feature", "geometry": None, "properties": {}}}
    if value is None and (kind.name, name) in _OPTIONAL:
        return {}
    return {name: value}


_OPTIONAL: Sequence[tuple[str, str]] = (("Datastream", "observedArea"), ("Datastream", "phenomenonTime"))
