# SPDX-License-Identifier: Apache-2.0
"""A feature of the layer ``alerts`` as a CAP 1.2 message, valid against the OASIS schema. Pure.

Each revision of a feature is a message of its own; it references the earlier ones, so that whoever holds one of them
knows that it was updated or cancelled. Times carry +07:00, never Z (section 3.3.2). Both languages are given; what has
no translation is not translated: the English block says that the text is in the Vietnamese one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from lxml import etree

from layers.catalog.alerts import LAYER
from layers.connectors import cap_words as words
from layers.connectors.cap_shapes import Shapes, shapes_of
from layers.connectors.cap_text import printable

VIETNAM = timezone(timedelta(hours=7))
_UNIT_SET_NAMES = {unit_set: name for name, unit_set in words.CODE_SETS.items()}


@dataclass(frozen=True)
class Issued:
    """One message that was sent: what its revision was, and when it became known."""

    revision: int
    sent: datetime


@dataclass(frozen=True)
class Publisher:
    """Who publishes: the sender as CAP names it, and the address of this server."""

    sender: str
    base: str


def identifier_of(feature_id: int, revision: int) -> str:
    """The identifier of one message; unique for a sender."""
    return f"TC-{feature_id}-{revision}"


def moment_of(value: datetime | str) -> str:
    """A moment as CAP takes it: whole seconds and the offset of Vietnam."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(VIETNAM).replace(microsecond=0).isoformat()


def message_type_of(properties: Mapping[str, Any], earlier: Sequence[Issued]) -> str:
    """Alert, Update or Cancel. What nobody was told of cannot be cancelled: it is an alert that is over."""
    if not earlier:
        return "Alert"
    return "Cancel" if properties.get("status") == "cancelled" else "Update"


def cap_of(feature: Mapping[str, Any], earlier: Sequence[Issued], publisher: Publisher) -> bytes:
    """The message of a feature's present revision.

    Args:
        feature: GeoJSON as the collection gives it.
        earlier: the messages of earlier revisions, oldest first.
    """
    properties = feature["properties"]
    alert = etree.Element(f"{{{words.CAP_NS}}}alert", nsmap={None: words.CAP_NS})
    kind = message_type_of(properties, earlier)
    _add(alert, "identifier", identifier_of(feature["id"], properties["revision"]))
    _add(alert, "sender", publisher.sender)
    _add(alert, "sent", moment_of(properties["recorded_at"]))
    _add(alert, "status", "Actual")
    _add(alert, "msgType", kind)
    _add(alert, "scope", "Public")
    if kind != "Alert":
        triples = (
            f"{publisher.sender},{identifier_of(feature['id'], one.revision)},{moment_of(one.sent)}" for one in earlier
        )
        _add(alert, "references", " ".join(triples))
    shapes = shapes_of(feature.get("geometry"), properties.get("location_radius_m"))
    web = f"{publisher.base}/collections/{LAYER.id}/items/{feature['id']}"
    for language in ("vi-VN", "en-US"):
        _info(alert, properties, shapes, language, web)
    body: bytes = etree.tostring(alert, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return body


def _info(alert: Any, properties: Mapping[str, Any], shapes: Shapes, language: str, web: str) -> None:
    vietnamese = language == "vi-VN"
    info = etree.SubElement(alert, f"{{{words.CAP_NS}}}info")
    place = area_name(properties)
    kind = _label("kind", properties.get("kind"), vietnamese) or ("Cảnh báo" if vietnamese else "Alert")
    _add(info, "language", language)
    _add(info, "category", words.CATEGORY_OF_KIND.get(properties.get("kind") or "", "Other"))
    _add(info, "event", (printable(properties.get("event")) or kind) if vietnamese else kind)
    is_over = properties.get("status") == "cancelled"
    response = "all_clear" if is_over else properties.get("response")
    _add(info, "responseType", words.RESPONSE_OF.get(response or ""))
    for name in ("urgency", "severity", "certainty"):
        _add(info, name, "Past" if is_over and name == "urgency" else words.word_of(properties.get(name)))
    for name, moment in zip(("effective", "expires"), _window(properties), strict=True):
        _add(info, name, moment)
    _add(info, "senderName", properties.get("agency"))
    if vietnamese:
        _add(info, "headline", properties.get("title"))
        _add(info, "description", properties.get("description"))
        _add(info, "instruction", properties.get("instruction"))
    else:
        severity = _label("severity", properties.get("severity"), vietnamese)
        _add(info, "headline", " – ".join(part for part in (kind, severity, place) if part))
        _add(info, "description", "The text of this alert is in Vietnamese: see the block vi-VN.")
    _add(info, "web", web)
    if shapes or place:
        _area(info, properties, shapes, place or ("Khu vực trên bản đồ" if vietnamese else "The area on the map"))


def _window(properties: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """When the warning holds; one that is cancelled holds no longer than until that was known."""
    begins, ends = (
        None if properties.get(name) is None else datetime.fromisoformat(properties[name])
        for name in ("valid_from", "valid_to")
    )
    if properties.get("status") == "cancelled":
        known = datetime.fromisoformat(properties["recorded_at"])
        ends = known if ends is None else min(ends, known)
        begins = None if begins is None else min(begins, ends)
    return (None if begins is None else moment_of(begins)), (None if ends is None else moment_of(ends))


def _area(info: Any, properties: Mapping[str, Any], shapes: Shapes, name: str) -> None:
    area = etree.SubElement(info, f"{{{words.CAP_NS}}}area")
    _add(area, "areaDesc", name)
    for polygon in shapes.polygons:
        _add(area, "polygon", polygon)
    for circle in shapes.circles:
        _add(area, "circle", circle)
    if shapes:
        return
    # Known only to the unit: its code says where.
    for one in properties.get("units") or ():
        if one["set"] in _UNIT_SET_NAMES:
            code = etree.SubElement(area, f"{{{words.CAP_NS}}}geocode")
            _add(code, "valueName", _UNIT_SET_NAMES[one["set"]])
            _add(code, "value", one["code"])


def area_name(properties: Mapping[str, Any]) -> str:
    """Where it is, in words: as its sender said, else the units of today's sets."""
    said = printable(properties.get("area"))
    units = [one for one in properties.get("units") or () if one["set"] in _UNIT_SET_NAMES]
    return said or ", ".join(dict.fromkeys(printable(one["name"]) for one in units))


def _label(field: str, value: str | None, vietnamese: bool) -> str | None:
    for choice in LAYER.field(field).choices:
        if choice.value == value:
            return choice.label.vi if vietnamese else choice.label.en
    return None


def _add(parent: Any, name: str, text: Any) -> None:
    """A child with this text; none where there is nothing to say."""
    clean = printable(text)
    if clean:
        etree.SubElement(parent, f"{{{words.CAP_NS}}}{name}").text = clean
