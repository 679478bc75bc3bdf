# SPDX-License-Identifier: Apache-2.0
"""A message through its connector: redacted first, then read. Pure; no message, whatever it holds, stops the source."""

import logging

from layers.connectors.base import Found, Message, Refused
from layers.errors import Rejected
from layers.registry import LayerRegistry
from layers.sources.delivery import Reading
from layers.sources.spec import SourceSpec
from layers.transports.base import NOT_READ

MAX_RECORDS = 50_000
_log = logging.getLogger(__name__)
_BROKEN = Rejected(
    "connector_failed", "The connector failed on this message. It is kept; replay it once the connector is mended."
)


def _misplaced(part: Found, registry: LayerRegistry) -> Refused | None:
    if part.layer not in registry:
        return Refused("layer_not_found", f"there is no layer '{part.layer}'", dict(part.record))
    if part.kind == "observations" and not registry[part.layer].observed:
        detail = f"features of the layer '{part.layer}' observe nothing"
        return Refused("observations_not_available", detail, dict(part.record))
    return None


def read(source: SourceSpec, message: Message, registry: LayerRegistry) -> Reading:
    """Redact and read one message."""
    try:
        clean = source.protocol.redact(message)
    except Exception:  # noqa: BLE001 - kept is only what was redacted; of this message nothing is
        _log.exception("connector %s could not redact a message of %s", source.connector, source.id)
        return Reading(Message(b"", message.received_at, message.content_type, message.name), dead=_BROKEN)
    if NOT_READ in clean.headers:
        return Reading(clean, dead=Rejected("message_not_read", clean.headers[NOT_READ]))
    found: list[Found] = []
    refused: list[Refused] = []
    try:
        for part in source.protocol.parse(clean, source.protocol_options):
            if isinstance(part, Refused):
                refused.append(part)
            elif (why := _misplaced(part, registry)) is not None:
                refused.append(why)
            else:
                found.append(part)
            if len(found) + len(refused) > MAX_RECORDS:
                raise Rejected("message_too_large", f"a message may hold {MAX_RECORDS} records: send several")
    except Rejected as rejection:
        return Reading(clean, dead=rejection)
    except Exception:  # noqa: BLE001 - one message that a connector cannot take must not stop the source
        _log.exception("connector %s failed on a message of %s", source.connector, source.id)
        return Reading(clean, dead=_BROKEN)
    return Reading(clean, found, refused)
