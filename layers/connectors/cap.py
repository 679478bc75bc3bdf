# SPDX-License-Identifier: Apache-2.0
"""CAP 1.2 (and 1.1) messages to records of the layer ``alerts``. Pure.

A record's id is the message's triple ``sender,identifier,sent``: exactly what a later message references. So no chain
has to be known to follow it, however long it is and whichever of its members a sender names:

- Alert, Update: the message is a record, revision 1. An Update also withdraws every message that it references.
- Cancel: the newest message that it references becomes ``cancelled`` and ends when the Cancel was sent; the older ones
  are withdrawn. A Cancel that says nothing more (its <info> may be missing, or without a place) withdraws them all.

What a message does to another carries its own moment of sending as revision, far above 1, and a withdrawn record keeps
its revision: an Alert that arrives after its Update or Cancel is stale and changes nothing.

Exercises, tests, system messages and drafts become no record: nobody must take them for the real thing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import Field, model_validator

from geo.bbox import BBox
from layers.connectors import cap_words as words
from layers.connectors.base import Connector, Found, Message, Options, Parsed, PlaceHints, Refused
from layers.connectors.cap_area import Ground, ground_of
from layers.connectors.cap_redaction import redacted
from layers.connectors.cap_xml import CapAlert, CapInfo, Reference, read_alert
from layers.spec import Text

LAYER = "alerts"
_VIETNAM = timezone(timedelta(hours=7))
_SOON = timedelta(hours=24)
_STATED, _EXPIRED = 1, 2
_SEVERITY_RANK = {name: rank for rank, name in enumerate(words.SEVERITIES, 1)}
_NOT_PUBLIC = ("Exercise", "System", "Test", "Draft")


class CapOptions(Options):
    """How a source's messages are read.

    Args:
        language: which language is shown where a message has several.
        within: west, south, east, north where an area may lie; the province and some 30 km as delivered.
        code_sets: lists of codes as <geocode> names them, and the set of units that each is of.
    """

    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "vi"
    within: tuple[float, float, float, float] = (105.14, 21.03, 106.56, 23.01)
    code_sets: Mapping[str, str] = Field(default_factory=lambda: dict(words.CODE_SETS))

    @model_validator(mode="after")
    def _box(self) -> "CapOptions":
        west, south, east, north = self.within
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("within is [west, south, east, north] in degrees")
        return self


def parse(message: Message, options: CapOptions) -> Iterator[Parsed]:
    """The records of one message.

    Raises:
        Rejected: the body is not one readable CAP message; an index of alerts is told how it is read.
    """
    alert = read_alert(message.body)
    refusal = _may_not_come_in(alert)
    if refusal is not None:
        yield refusal
        return
    infos = _in_language(alert.infos, options.language)
    if alert.broken_references:
        yield Refused("cap_references_invalid", f"{alert.broken_references} references are no sender,identifier,sent",
                      layer=LAYER)  # fmt: skip
    if alert.message_type != "Alert":
        earlier = tuple(reference for reference in alert.references if _key(reference) != _key(alert.own))
        if not earlier:
            yield Refused("cap_references_missing", f"an {alert.message_type} without references acts on no message",
                          layer=LAYER)  # fmt: skip
        yield from _act(alert, infos, earlier, options)
    if alert.message_type != "Cancel":
        yield from _state(alert, infos, message.received_at, options)


def _may_not_come_in(alert: CapAlert) -> Refused | None:
    if alert.status in _NOT_PUBLIC:
        code = f"cap_status_{alert.status.lower()}"
        return Refused(code, f"status {alert.status}: never shown, so that nobody takes it for real", layer=LAYER)
    if alert.status != "Actual":
        return Refused("cap_status_unknown", "status is Actual, Exercise, System, Test or Draft", layer=LAYER)
    if alert.scope in ("Restricted", "Private"):
        return Refused("cap_scope_not_public", "a message that is not for the public", layer=LAYER, policy=True)
    if alert.message_type in ("Ack", "Error"):
        return Refused("cap_message_answer", f"an {alert.message_type} warns of nothing", layer=LAYER)
    if alert.message_type not in ("Alert", "Update", "Cancel"):
        return Refused("cap_message_unknown", "msgType is Alert, Update, Cancel, Ack or Error", layer=LAYER)
    return None


def _in_language(infos: tuple[CapInfo, ...], language: str) -> tuple[CapInfo, ...]:
    """The blocks of the wanted language, else of English, else of the first; the most severe first."""
    spoken = [info.language.lower()[:2] for info in infos]
    chosen = next((one for one in (language, "en", *spoken[:1]) if one in spoken), "")
    kept = [info for info, one in zip(infos, spoken, strict=True) if one == chosen]
    return tuple(sorted(kept, key=lambda info: -_SEVERITY_RANK.get(info.severity.lower(), 0)))


def _state(
    alert: CapAlert, infos: tuple[CapInfo, ...], received_at: datetime, options: CapOptions
) -> Iterator[Parsed]:
    """The record that an Alert or an Update is."""
    if not infos or not (infos[0].event or infos[0].headline):
        yield Refused("cap_info_missing", "there is no <info> that says what the warning is of", layer=LAYER)
        return
    begins, ends = _window(alert, infos, received_at)
    if ends is not None and ends < begins:
        yield Refused("cap_times_order", "the warning expires before it is effective", layer=LAYER)
        return
    ground = _ground(infos, options)
    if ground.is_elsewhere:
        yield Refused("cap_area_outside", "no area of the warning is in or near the province", layer=LAYER)
        return
    # A broken area does not silence a warning: it waits for its place, and its sender is told.
    yield from (Refused(problem.code, problem.detail, layer=LAYER) for problem in ground.problems)
    # Read again after its end (a feed keeps old entries), it is the same message in another state.
    is_over = ends is not None and ends <= received_at
    state = {"status": "expired", "revision": _EXPIRED} if is_over else {"status": "actual", "revision": _STATED}
    yield _found(_key(alert.own), alert.own, infos, ground, {**state, **_times(begins, ends)}, options)


def _act(
    alert: CapAlert, infos: tuple[CapInfo, ...], earlier: tuple[Reference, ...], options: CapOptions
) -> Iterator[Parsed]:
    """What an Update or a Cancel does to the messages that it references, oldest first."""
    acted_at = int(alert.own.sent.timestamp())
    newest = _key(earlier[-1]) if earlier else None
    for reference in earlier:
        key = _key(reference)
        if alert.message_type == "Cancel" and key == newest and _says_something(infos):
            times = _times(reference.sent, max(reference.sent, alert.own.sent))
            state = {"status": "cancelled", "revision": acted_at, **times}
            cancelled = _found(key, reference, infos, _ground(infos, options), state, options)
            if "geometry" in cancelled.record or "unit_code" in cancelled.record or cancelled.hints.units:
                yield cancelled
                continue
        # Without a place there is nothing to show as cancelled: it leaves the map.
        yield Found(LAYER, {"id": key, "withdrawn": True, "revision": acted_at})


def _says_something(infos: tuple[CapInfo, ...]) -> bool:
    return bool(infos) and bool(infos[0].event or infos[0].headline)


def _window(
    alert: CapAlert, infos: tuple[CapInfo, ...], received_at: datetime
) -> tuple[datetime, datetime | None]:
    """From when and until when a message warns: until its last block expires, open where one does not."""
    begins = infos[0].effective or alert.own.sent
    if begins > received_at + _SOON:
        begins = min(alert.own.sent, begins)
    ends = [info.expires for info in infos]
    last = None if any(end is None for end in ends) else max(end for end in ends if end is not None)
    return begins, last


def _times(begins: datetime, ends: datetime | None) -> dict[str, str]:
    times = {"time": begins.astimezone(_VIETNAM).isoformat()}
    return times if ends is None else {**times, "end_time": ends.astimezone(_VIETNAM).isoformat()}


def _ground(infos: tuple[CapInfo, ...], options: CapOptions) -> Ground:
    return ground_of((area for info in infos for area in info.areas), BBox(*options.within))


def _found(
    key: str,
    own: Reference,
    infos: tuple[CapInfo, ...],
    ground: Ground,
    state: Mapping[str, Any],
    options: CapOptions,
) -> Found:
    lead = infos[0]
    record: dict[str, Any] = {
        "id": key,
        **state,
        "title": _short(lead.headline or lead.event, 300),
        "kind": words.kind_of(f"{lead.event} {lead.headline}", lead.categories),
        "severity": words.choice_of(lead.severity, words.SEVERITIES),
        "urgency": words.choice_of(lead.urgency, words.URGENCIES),
        "certainty": words.choice_of(lead.certainty, words.CERTAINTIES),
        "response": next((words.RESPONSES[one] for one in lead.responses if one in words.RESPONSES), None),
        "event": _short(lead.event, 200),
        "description": _short(_all_texts(info.description for info in infos), 5000),
        "instruction": _short(_all_texts(info.instruction for info in infos), 3000),
        "agency": _short(lead.sender_name or own.sender, 200),
        "area": _short(ground.name, 600),
        "cap_id": _short(own.identifier, 200),
    }
    record = {name: value for name, value in record.items() if value not in (None, "")}
    if ground.geometry is not None:
        return Found(LAYER, {**record, "geometry": ground.geometry})
    units = [(options.code_sets[name], code) for name, code in ground.codes if name in options.code_sets]
    hints = PlaceHints(units=tuple(units) if len(units) > 1 else (), text=_short(ground.name, 600) or None)
    if len(units) == 1 and len(units[0][1]) <= 20:
        record |= {"unit_set": units[0][0], "unit_code": units[0][1]}
    return Found(LAYER, record, hints=hints)


def _all_texts(texts: Iterator[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _key(reference: Reference) -> str:
    """The id of a message's record. The same instant has one spelling, whatever offset it was written with."""
    sent = reference.sent.astimezone(_VIETNAM).isoformat()
    key = f"{reference.sender},{reference.identifier},{sent}"
    return key if len(key) <= 200 else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


CONNECTOR = Connector("cap", Text("CAP 1.2 (tin cảnh báo)", "CAP 1.2 (alerts)"), parse, CapOptions, redacted)
