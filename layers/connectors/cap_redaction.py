# SPDX-License-Identifier: Apache-2.0
"""What must not be kept of a CAP message: contacts, embedded files, and personal data inside its prose. Pure.

The senders of alerts are often written like addresses of electronic mail; they name offices, are part of every
message's identity and stay. So the general rule for text, which would take them out, is not used on the whole document.
"""

from dataclasses import replace
from typing import Any

from lxml import etree

from layers.connectors.base import Message
from layers.connectors.cap_xml import read_root
from layers.connectors.redaction import GONE, scrub_text, scrubbed
from layers.errors import Rejected

_PROSE = frozenset({"headline", "description", "instruction", "note", "areaDesc", "audience", "resourceDesc"})
# The telephone of a duty officer, the addressees of a restricted message, a picture inside the message.
_DROPPED = frozenset({"contact", "addresses", "derefUri"})


def redacted(message: Message) -> Message:
    """The message without them; what is no XML is treated as any other text."""
    try:
        root = read_root(message.body)
    except Rejected:
        return scrubbed(message)
    if not _redact(root):
        return message
    return replace(message, body=etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))


def _redact(root: Any) -> bool:
    changed = False
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name not in _PROSE and name not in _DROPPED:
            continue
        before = "".join(element.itertext())
        after = GONE if name in _DROPPED and before else scrub_text(before)
        if after != before:
            for child in list(element):
                element.remove(child)
            element.text = after
            changed = True
    return changed
