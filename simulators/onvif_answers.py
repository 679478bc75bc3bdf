# SPDX-License-Identifier: Apache-2.0
"""What a simulated camera answers by ONVIF (device and media services, SOAP 1.2): texts only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error">'
    "<env:Body>{}</env:Body></env:Envelope>"
)
OPEN = frozenset({"GetSystemDateAndTime", "GetServices", "GetCapabilities"})


@dataclass(frozen=True)
class About:
    """What a camera is, and under which addresses its parts are."""

    number: int
    service_url: str
    rtsp_url: str
    snapshot_url: str

    @property
    def serial(self) -> str:
        """A serial number that no maker gives."""
        return f"SIM-{self.number:06d}"


def answer(operation: str, about: About, now: datetime) -> str | None:
    """The answer to an operation; ``None`` for those that this camera has not."""
    make = ANSWERS.get(operation)
    return None if make is None else _ENVELOPE.format(make(about, now))


def fault(code: str, reason: str) -> str:
    """A SOAP fault with an ONVIF subcode."""
    return _ENVELOPE.format(
        f"<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>ter:{code}</env:Value>"
        f'</env:Subcode></env:Code><env:Reason><env:Text xml:lang="en">{escape(reason)}</env:Text></env:Reason>'
        "</env:Fault>"
    )


def _time(about: About, now: datetime) -> str:
    moment = (
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        "</tt:Date>"
    )
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>ICT-7</tt:TZ></tt:TimeZone>"
        f"<tt:UTCDateTime>{moment}</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def _services(about: About, now: datetime) -> str:
    listed = "".join(
        f"<tds:Service><tds:Namespace>http://www.onvif.org/ver10/{name}/wsdl</tds:Namespace>"
        f"<tds:XAddr>{about.service_url.replace('device_service', service)}</tds:XAddr>"
        "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
        for name, service in (("device", "device_service"), ("media", "media_service"))
    )
    return f"<tds:GetServicesResponse>{listed}</tds:GetServicesResponse>"


def _capabilities(about: About, now: datetime) -> str:
    media = about.service_url.replace("device_service", "media_service")
    return (
        "<tds:GetCapabilitiesResponse><tds:Capabilities>"
        f"<tt:Device><tt:XAddr>{about.service_url}</tt:XAddr></tt:Device>"
        f"<tt:Media><tt:XAddr>{media}</tt:XAddr><tt:StreamingCapabilities/></tt:Media>"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )


def _information(about: About, now: datetime) -> str:
    return (
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Toan Canh simulator</tds:Manufacturer>"
        f"<tds:Model>SIM-360</tds:Model><tds:FirmwareVersion>1.{about.number % 3}.0</tds:FirmwareVersion>"
        f"<tds:SerialNumber>{about.serial}</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>"
        "</tds:GetDeviceInformationResponse>"
    )


def _profiles(about: About, now: datetime) -> str:
    return (
        '<trt:GetProfilesResponse><trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name>'
        '<tt:VideoSourceConfiguration token="source"><tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount>'
        '<tt:SourceToken>source</tt:SourceToken><tt:Bounds x="0" y="0" width="640" height="360"/>'
        "</tt:VideoSourceConfiguration>"
        '<tt:VideoEncoderConfiguration token="encoder"><tt:Name>encoder</tt:Name><tt:UseCount>1</tt:UseCount>'
        "<tt:Encoding>JPEG</tt:Encoding><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height>"
        "</tt:Resolution><tt:Quality>60</tt:Quality><tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type>"
        "<tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port><tt:TTL>0</tt:TTL>"
        "<tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout>"
        "</tt:VideoEncoderConfiguration></trt:Profiles></trt:GetProfilesResponse>"
    )


def _uri(operation: str, uri: str) -> str:
    return (
        f"<trt:{operation}Response><trt:MediaUri><tt:Uri>{escape(uri)}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        f"<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:{operation}Response>"
    )


ANSWERS: dict[str, Callable[[About, datetime], str]] = {
    "GetSystemDateAndTime": _time,
    "GetServices": _services,
    "GetCapabilities": _capabilities,
    "GetDeviceInformation": _information,
    "GetProfiles": _profiles,
    "GetStreamUri": lambda about, now: _uri("GetStreamUri", about.rtsp_url),
    "GetSnapshotUri": lambda about, now: _uri("GetSnapshotUri", about.snapshot_url),
}
