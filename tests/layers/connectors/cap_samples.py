# SPDX-License-Identifier: Apache-2.0
"""CAP messages as others write them: one good one, and each part of it exchanged for another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from layers.connectors.base import Found, Message, Parsed, Refused
from layers.connectors.cap import CONNECTOR, CapOptions

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
RING = "21.58,105.83 21.58,105.86 21.56,105.86 21.56,105.83 21.58,105.83"
SENDER = "ioc@thainguyen.gov.vn"


@dataclass(frozen=True)
class Sample:
    """One message; every member is text as it stands in the document."""

    identifier: str = "TN-IOC-2026-000448"
    sent: str = "2026-11-22T08:15:00+07:00"
    status: str = "Actual"
    kind: str = "Alert"
    scope: str = "Public"
    references: str = ""
    effective: str = "2026-11-22T08:15:00+07:00"
    expires: str = "2026-11-22T20:15:00+07:00"
    severity: str = "Severe"
    event: str = "Ngập lụt đô thị"
    area: str = f"<areaDesc>Phường Gia Sàng</areaDesc><polygon>{RING}</polygon>"
    more: str = ""
    infos: str | None = None
    namespace: str = "urn:oasis:names:tc:emergency:cap:1.2"

    @property
    def info(self) -> str:
        expires = f"<expires>{self.expires}</expires>" if self.expires else ""
        return f"""<info><language>vi-VN</language><category>Met</category><event>{self.event}</event>
          <responseType>Avoid</responseType><urgency>Immediate</urgency><severity>{self.severity}</severity>
          <certainty>Observed</certainty><effective>{self.effective}</effective>{expires}
          <senderName>IOC Thái Nguyên</senderName><headline>Ngập sâu khu vực Gia Sàng</headline>
          <description>Nước sông Cầu lên nhanh.</description><instruction>Không đi qua ngầm tràn.</instruction>
          {self.more}<area>{self.area}</area></info>"""

    @property
    def triple(self) -> str:
        return f"{SENDER},{self.identifier},{self.sent}"

    @property
    def xml(self) -> str:
        references = f"<references>{self.references}</references>" if self.references else ""
        infos = self.info if self.infos is None else self.infos
        return f"""<?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="{self.namespace}"><identifier>{self.identifier}</identifier><sender>{SENDER}</sender>
        <sent>{self.sent}</sent><status>{self.status}</status><msgType>{self.kind}</msgType>
        <scope>{self.scope}</scope>{references}{infos}</alert>"""

    def but(self, **changed: str | None) -> "Sample":
        return replace(self, **changed)  # type: ignore[arg-type]

    def message(self) -> Message:
        return Message(self.xml.encode(), NOW, "application/cap+xml")


def read(sample: Sample | bytes, options: CapOptions | None = None) -> list[Parsed]:
    """Redacted and read, as the road does it."""
    message = sample.message() if isinstance(sample, Sample) else Message(sample, NOW)
    parsed: Iterator[Parsed] = CONNECTOR.parse(CONNECTOR.redact(message), options or CapOptions())
    return list(parsed)


def found(sample: Sample, options: CapOptions | None = None) -> list[Found]:
    return [part for part in read(sample, options) if isinstance(part, Found)]


def refused(sample: Sample) -> list[str]:
    return [part.code for part in read(sample) if isinstance(part, Refused)]
