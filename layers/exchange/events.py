# SPDX-License-Identifier: Apache-2.0
"""What this server knows, as CloudEvents 1.0 for another (JSON batch format). Pure: from rows to values.

A record is told as it is stored, so that it is the same bytes whichever way it travels: exact coordinates, times in
UTC, fields in the order of the catalog.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import shapely

from layers.connectors.cloudevents import OWN
from layers.exchange.hops import SOURCE_PREFIX
from layers.periods import Period
from layers.placements import PIN, PINNED_UNIT
from layers.records import METHODS
from layers.spec import LayerSpec

BATCH_TYPE = "application/cloudevents-batch+json"
# What a person placed here is, for others, where this server says that it is.
_TOLD_AS = {PIN: "source_coordinates", PINNED_UNIT: "unit"}


def instance_of(source: str, own: str) -> str:
    """Which server made the records of a source."""
    return source[len(SOURCE_PREFIX) :] if source.startswith(SOURCE_PREFIX) else own


def event_of(spec: LayerSpec, row: Mapping[str, Any], own: str) -> dict[str, Any]:
    """The event that tells of a feature as it is now."""
    fields = [field for field in spec.fields if field.readers is None]
    data: dict[str, Any] = {"revision": _revision(row, own)}
    for field in fields:
        value = row[field.name] if field.is_column else row["properties"].get(field.name)
        if value is not None:
            data[field.name] = value
    for name, moment in (("time", row["valid_from"]), ("end_time", row["valid_to"])):
        if moment is not None:
            data[name] = moment.astimezone(UTC).isoformat()
    # What somebody here says of the place of another server's record is ours alone: it is told as its server told it.
    is_ours = instance_of(row["source"], own) == own
    if is_ours or row["location_method"] not in _TOLD_AS:
        data |= _place(row)
    return _event(spec, row, own, "feature.changed.v1", data)


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if row["wkb"] is not None:
        data["geometry"] = _lists(shapely.geometry.mapping(shapely.from_wkb(row["wkb"])))
    elif row["unit_code"] is not None:
        data |= {"unit_set": row["unit_set"], "unit_code": row["unit_code"]}
    method = _TOLD_AS.get(row["location_method"], row["location_method"])
    if method in METHODS:
        data["location_method"] = method
    for name in ("location_radius_m", "location_confidence"):
        if row[name] is not None:
            data[name] = round(float(row[name]), 6)
    return data


def withdrawal_of(spec: LayerSpec, row: Mapping[str, Any], own: str) -> dict[str, Any]:
    """The event that tells that a feature is gone."""
    return _event(spec, row, own, "feature.withdrawn.v1", {"revision": _revision(row, own), "withdrawn": True})


def value_event_of(spec: LayerSpec, row: Mapping[str, Any], own: str) -> dict[str, Any]:
    """The event that tells of an indicator's value for a unit and period."""
    data = {
        "unit_set": row["unit_set"],
        "unit_code": row["unit_code"],
        "period": str(Period(row["valid_from"], row["valid_to"])),
        "value": row["value"],
        "revision": _revision(row, own),
    }
    if row["estimated"]:
        data["estimated"] = True
    external = {**row, "external_id": f"{row['unit_set']}/{row['unit_code']}/{data['period']}", "hops": None}
    return _event(spec, external, own, "value.changed.v1", data)


def _revision(row: Mapping[str, Any], own: str) -> int:
    """Which version of the record this is, the same whichever way it travels.

    Of our own records the microsecond at which we knew it: it rises also where a person placed a record, which is no
    new revision of its source. Of another server's records what that server said.
    """
    if instance_of(row["source"], own) != own:
        return int(row["revision"])
    recorded: datetime = row["recorded_at"]
    return int(recorded.timestamp()) * 1_000_000 + recorded.microsecond


def _event(spec: LayerSpec, row: Mapping[str, Any], own: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    origin = instance_of(row["source"], own)
    source, name = row["source"], row["external_id"]
    if origin != own and "~" in name:
        source, name = name.split("~", 1)
    subject = f"{spec.id}/{source}/{name}"
    recorded: datetime = row["recorded_at"]
    return {
        "specversion": "1.0",
        "id": f"{subject}/{data['revision']}",
        "source": f"urn:toancanh:{own}",
        "type": OWN + kind,
        "subject": subject,
        "time": recorded.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "iocorigin": origin,
        "iochops": ",".join([*(row["hops"] or ()), own]),
        "data": data,
    }


def _lists(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, Mapping):
        return {name: _lists(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_lists(member) for member in value]
    return value
