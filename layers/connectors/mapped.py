# SPDX-License-Identifier: Apache-2.0
"""Any JSON, GeoJSON, CSV, XLSX, CKAN datastore or OGC API Features answer, read as a mapping in the source's file says.

What a province's platform will look like is not known; that it answers with records, is. So the mapping is data: which
path is the id, which the time, which of their words is which of ours (docs/connected/mapping.md).
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from layers.connectors.base import NO_HINTS, Connector, Found, Message, Parsed, PlaceHints, Refused
from layers.connectors.mapped_options import Mapping as MappingOptions
from layers.connectors.mapped_places import geometry_in_wgs84, point_in_wgs84
from layers.connectors.mapped_rows import Record, records_of, redact
from layers.connectors.mapped_values import convert, moment_of
from layers.errors import Rejected
from layers.spec import Text

_ENVELOPE = ("time", "end_time", "unit_code", "unit_set")
_VALUE = ("unit_code", "unit_set", "period", "value")
_HINTS = ("unit_name", "address", "asset.id")


def parse(message: Message, options: MappingOptions) -> Iterator[Parsed]:
    """The records of one message; those that the mapping does not fit are refused one by one.

    Raises:
        Rejected: the message as a whole cannot be read.
    """
    read = _READERS[options.kind]
    for index, record in enumerate(records_of(message, options)):
        try:
            yield from read(record, options)
        except Rejected as error:
            yield Refused(error.code, f"record {index}: {error.detail}", record.value, options.layer)


def _feature(record: Record, options: MappingOptions) -> Iterator[Parsed]:
    flat: dict[str, Any] = {"id": _identity(record, options)}
    if "revision_from" in options.typed:
        flat["revision"] = _revision(record, options)
    if "withdrawn" in options.typed and _take(record, options, "withdrawn"):
        yield Found(options.layer, _without_blanks(flat | {"withdrawn": True}))
        return
    for where in options.typed:
        if where in _ENVELOPE or where.startswith("fields."):
            flat[where.removeprefix("fields.")] = _take(record, options, where)
    if flat.get("unit_code") is None:
        flat.pop("unit_set", None)
    yield Found(options.layer, _without_blanks(flat | _place(record, options)), "features", _hints(record, options))


def _without_blanks(flat: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flat.items() if value is not None}


def _observations(record: Record, options: MappingOptions) -> Iterator[Parsed]:
    shared = {"sensor": _identity(record, options), "time": _take(record, options, "time")}
    if "quality" in options.typed:
        shared["quality"] = _take(record, options, "quality")
    if "revision_from" in options.typed:
        shared["revision"] = _revision(record, options)
    for name in options.readings:
        try:
            value = _take(record, options, f"readings.{name}")
        except Rejected as error:
            # One broken reading does not lose the others of its row.
            yield Refused(error.code, error.detail, record.value, options.layer)
            continue
        if value is not None:
            yield Found(options.layer, {**shared, "property": name, "value": value}, "observations")


def _value(record: Record, options: MappingOptions) -> Iterator[Parsed]:
    """A value of an indicator; a blank one says that there is none."""
    flat = {name: _take(record, options, name) for name in _VALUE if name in options.typed}
    if "revision_from" in options.typed:
        flat["revision"] = _revision(record, options)
    yield Found(options.layer, {**_without_blanks(flat), "value": flat["value"]})


def _identity(record: Record, options: MappingOptions) -> str:
    parts = []
    for where in options.typed:
        if where == "id" or where.startswith("id["):
            value = _take(record, options, where)
            if value is None:
                path = options.paths[where]
                raise Rejected("mapping_id_missing", f"{where} (path {path}): the record has no id there")
            parts.append(str(value))
    return options.id_separator.join(parts)


def _revision(record: Record, options: MappingOptions) -> int | None:
    """A counter as it is; a time of change as milliseconds, which count up as well."""
    take = options.typed["revision_from"]
    value = _look(record, options, "revision_from")
    if value in (None, "") and not take.required:
        return None
    if take.format or take.type == "time":
        return int(moment_of(value, take, "revision_from").timestamp() * 1000)
    return cast(int, convert(value, take.model_copy(update={"type": "integer"}), "revision_from"))


def _place(record: Record, options: MappingOptions) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if options.lon is not None:
        east, north = _softly(record, options, "lon"), _softly(record, options, "lat")
        point = point_in_wgs84(east, north, options.crs)
        if point is not None:
            found["lon"], found["lat"] = point
    elif options.geometry is not None:
        geometry = geometry_in_wgs84(_look(record, options, "geometry"), options.crs)
        if geometry is not None:
            found["geometry"] = geometry
    radius_m = _softly(record, options, "radius_m") if options.radius_m is not None else None
    if radius_m is not None:
        found["location_radius_m"] = radius_m
    return found


def _hints(record: Record, options: MappingOptions) -> PlaceHints:
    said = {name: _take(record, options, name) for name in _HINTS if name in options.typed}
    if not said:
        return NO_HINTS
    device = said.get("asset.id")
    asset = None if options.asset is None or device is None else (options.asset.layer, str(device))
    return PlaceHints(asset=asset, unit_name=_text(said.get("unit_name")), text=_text(said.get("address")))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _softly(record: Record, options: MappingOptions, where: str) -> Any:
    """A number, ``None`` where it is none: a wrong coordinate does not refuse a record."""
    try:
        return _take(record, options, where)
    except Rejected:
        return None


def _take(record: Record, options: MappingOptions, where: str) -> Any:
    return convert(_look(record, options, where), options.typed[where], where)


def _look(record: Record, options: MappingOptions, where: str) -> Any:
    path = options.paths[where]
    return None if path is None else record.look(path, where)


_READERS: dict[str, Callable[[Record, MappingOptions], Iterator[Parsed]]] = {
    "features": _feature,
    "observations": _observations,
    "values": _value,
}
CONNECTOR = Connector(
    "mapped",
    Text("Theo tệp ánh xạ (JSON, GeoJSON, CSV, XLSX, CKAN, OGC API)", "By mapping file (JSON to OGC API Features)"),
    parse,
    MappingOptions,
    redact,
)
