# SPDX-License-Identifier: Apache-2.0
"""One CAP document as plain values: OASIS CAP 1.2, and 1.1 by its namespace. Pure.

Only what a warning needs to be shown is asked for here; what is wrong with an area is for ``cap_area`` to say.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lxml import etree

from layers.connectors.cap_words import CAP_11_NS, CAP_NS
from layers.errors import Rejected

MAX_BYTES = 5_000_000
MAX_REFERENCES = 200
_NAMESPACES = {CAP_NS: "1.2", CAP_11_NS: "1.1"}
_INDEXES = frozenset({"feed", "rss", "RDF"})
# CAP 1.2, section 3.3.2: an offset, never the letter Z. CAP 1.1 took any xs:dateTime.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
_MOMENT_11 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_IN_IDENTITY = re.compile(r"[\s,<&]")


class Reference(NamedTuple):
    """The triple that names one message for ever: sender, identifier, sent."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True)
class CapArea:
    """One area as it is written: rings and circles are text in the order lat, lon."""

    name: str
    polygons: tuple[str, ...]
    circles: tuple[str, ...]
    geocodes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CapInfo:
    """One block of information; words are CAP's own."""

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    areas: tuple[CapArea, ...]


@dataclass(frozen=True)
class CapAlert:
    """One message. ``broken_references`` are those that name nothing."""

    own: Reference
    status: str
    message_type: str
    scope: str
    references: tuple[Reference, ...]
    broken_references: int
    infos: tuple[CapInfo, ...]


def read_root(body: bytes) -> Any:
    """The document's root element; entities, other documents and DTDs are not followed.

    Raises:
        Rejected: too large, not well-formed, or with a document type.
    """
    if len(body) > MAX_BYTES:
        raise Rejected("xml_too_large", f"the document has more than {MAX_BYTES} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Rejected("xml_unreadable", f"the body is not well-formed XML: {str(error)[:200]}") from None
    if root is None or root.getroottree().docinfo.doctype:
        raise Rejected("xml_doctype", "a document type is not taken: send the alert without <!DOCTYPE>")
    return root


def read_alert(body: bytes) -> CapAlert:
    """The message of a document.

    Raises:
        Rejected: not one CAP message, or one without what identifies it.
    """
    root = read_root(body)
    name, version = _kind_of_root(root)
    if name != "alert":
        raise _not_an_alert(root, name)
    reading = _Reading(f"{{{root.nsmap.get(root.prefix)}}}", version)
    own = Reference(
        _identity(reading.text(root, "sender"), "sender"),
        _identity(reading.text(root, "identifier"), "identifier"),
        reading.moment(root, "sent") or _missing("sent"),
    )
    references, broken = reading.references(root)
    return CapAlert(
        own,
        reading.text(root, "status") or _missing("status"),
        reading.text(root, "msgType") or _missing("msgType"),
        reading.text(root, "scope"),
        references,
        broken,
        tuple(reading.info(element) for element in reading.all(root, "info")),
    )


def _kind_of_root(root: Any) -> tuple[str, str]:
    tag = etree.QName(root)
    if tag.localname in _INDEXES or tag.namespace in _NAMESPACES:
        return tag.localname, _NAMESPACES.get(tag.namespace, "")
    if tag.localname == "alert":
        raise Rejected("cap_version", f"the alert's namespace is not CAP 1.2 ({CAP_NS}) or 1.1")
    return tag.localname, ""


def _not_an_alert(root: Any, name: str) -> Rejected:
    if name in _INDEXES:
        return Rejected(
            "cap_index",
            "this is an Atom or RSS index of alerts, not an alert: let the transport 'feed' poll it with follow: true",
        )
    if next(root.iter(*(f"{{{namespace}}}alert" for namespace in _NAMESPACES)), None) is not None:
        return Rejected("cap_wrapped", "alerts are inside another document: send each <alert> in a message of its own")
    return Rejected("cap_not_an_alert", f"the root is <{name[:60]}>; a CAP message is one <alert>")


def _missing(name: str) -> Any:
    raise Rejected("cap_element_missing", f"<{name}> is missing")


def _identity(text: str, name: str) -> str:
    if not text:
        _missing(name)
    if _IN_IDENTITY.search(text) or len(text) > 300:
        raise Rejected("cap_identity_invalid", f"<{name}> has blanks, commas, < or &, or more than 300 characters")
    return text


class _Reading:
    """Elements of one namespace, read by the rules of its version."""

    def __init__(self, namespace: str, version: str) -> None:
        self._namespace = namespace
        self._version = version

    def all(self, parent: Any, name: str) -> Iterator[Any]:
        return iter(parent.findall(self._namespace + name))

    def texts(self, parent: Any, name: str) -> tuple[str, ...]:
        found = (_clean("".join(element.itertext())) for element in self.all(parent, name))
        return tuple(text for text in found if text)

    def text(self, parent: Any, name: str) -> str:
        return next(iter(self.texts(parent, name)), "")

    def moment(self, parent: Any, name: str) -> datetime | None:
        text = self.text(parent, name)
        return None if not text else self._moment(text, name)

    def _moment(self, text: str, name: str) -> datetime:
        if self._version == "1.2" and text.endswith(("Z", "z")):
            raise Rejected("cap_time_zulu", f"<{name}> ends in Z; CAP 1.2 asks for an offset, such as +07:00 or -00:00")
        if not (_MOMENT if self._version == "1.2" else _MOMENT_11).fullmatch(text):
            raise Rejected("cap_time_invalid", f"<{name}> must be like 2026-11-22T08:15:00+07:00")
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Rejected("cap_time_invalid", f"<{name}> names no moment of the calendar") from None
        if not _EARLIEST <= moment <= _LATEST:
            raise Rejected("cap_time_invalid", f"<{name}> lies before 2000 or after 2200")
        return moment

    def references(self, root: Any) -> tuple[tuple[Reference, ...], int]:
        found: dict[Reference, None] = {}
        broken = 0
        for triple in " ".join(self.texts(root, "references")).split()[:MAX_REFERENCES]:
            parts = triple.split(",")
            try:
                sender, identifier, sent = parts
                found[Reference(_identity(sender, "sender"), _identity(identifier, "identifier"),
                                self._moment(sent, "references"))] = None  # fmt: skip
            except (ValueError, Rejected):
                broken += 1
        return tuple(sorted(found, key=lambda one: (one.sent, one.sender, one.identifier))), broken

    def info(self, info: Any) -> CapInfo:
        return CapInfo(
            language=self.text(info, "language") or "en-US",
            categories=self.texts(info, "category"),
            event=self.text(info, "event"),
            responses=self.texts(info, "responseType"),
            urgency=self.text(info, "urgency"),
            severity=self.text(info, "severity"),
            certainty=self.text(info, "certainty"),
            effective=self.moment(info, "effective"),
            onset=self.moment(info, "onset"),
            expires=self.moment(info, "expires"),
            sender_name=self.text(info, "senderName"),
            headline=self.text(info, "headline"),
            description=self.text(info, "description"),
            instruction=self.text(info, "instruction"),
            areas=tuple(self._area(area) for area in self.all(info, "area")),
        )

    def _area(self, area: Any) -> CapArea:
        codes = ((self.text(code, "valueName"), self.text(code, "value")) for code in self.all(area, "geocode"))
        return CapArea(
            self.text(area, "areaDesc"), self.texts(area, "polygon"), self.texts(area, "circle"), tuple(codes)
        )


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
