# SPDX-License-Identifier: Apache-2.0
"""What a camera tells of itself by ONVIF: its clock, what it is, its profiles, and where its picture is.

Through ``onvif-zeep-async``. The device's own addresses are never followed to another host than the register's: cameras
behind NAT state addresses of their own network, and a hostile one could state any.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from layers.device_addresses import DeviceAddress, Login

_TEXT_FACTS = (
    ("Manufacturer", "maker"),
    ("Model", "model"),
    ("FirmwareVersion", "firmware"),
    ("SerialNumber", "serial"),
)


SERVICES = {
    "devicemgmt": "http://www.onvif.org/ver10/device/wsdl",
    "media": "http://www.onvif.org/ver10/media/wsdl",
}


class OnvifError(Exception):
    """The device answers, but not so that it could be used. ``code`` is a short slug."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Told:
    """What a device told. ``stream_path`` is where its picture is on its own host, ``stream_port`` the port of it."""

    facts: dict[str, Any] = field(default_factory=dict)
    stream_path: str | None = None
    stream_port: int | None = None
    problem: str | None = None


async def warm() -> None:
    """Read the schemas, which takes a second, before the time of a camera runs."""
    camera = _camera(DeviceAddress("http", "localhost", "127.0.0.1", 9, "/"), None)
    try:
        for service in ("devicemgmt", "media"):
            camera.xaddrs[SERVICES[service]] = "http://127.0.0.1:9/"
            await camera.create_onvif_service(service)
    finally:
        await camera.close()


async def ask(address: DeviceAddress, login: Login | None, told: Told) -> None:
    """Ask a device; what it tells is noted as it comes. The caller bounds the time.

    Raises:
        OnvifError: it does not speak ONVIF.
        OSError: it cannot be reached.
    """
    # Imported where it is used: it reads its schemas, and only who visits cameras needs them.
    import aiohttp
    from onvif import ONVIFError
    from zeep.exceptions import Error as ZeepError

    camera = _camera(address, login)
    try:
        await camera.update_xaddrs()
        await _identify(camera, told)
        await _find_picture(camera, told)
    except (ZeepError, ONVIFError) as error:
        if camera.dt_diff is None:
            raise OnvifError("protocol_error") from error
        # It told the time: it is there, whatever else it refuses.
        told.problem = "login_refused" if _is_refusal(error) else "protocol_error"
    except aiohttp.ClientConnectionError as error:
        raise ConnectionError(str(error)) from error
    except (aiohttp.ClientError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise OnvifError("protocol_error") from error
    finally:
        _note_clock(camera.dt_diff, told)
        await camera.close()


def _camera(address: DeviceAddress, login: Login | None) -> Any:
    from onvif import ONVIFCamera

    class Camera(ONVIFCamera):  # type: ignore[misc]  # the library has no types
        """At the register's address, whatever path that has."""

        def get_definition(self, name: str, port_type: str | None = None) -> Any:
            xaddr, wsdl, binding = super().get_definition(name, port_type)
            return (address.url if name == "devicemgmt" else xaddr), wsdl, binding

    user, password = login or (None, None)
    # Its clock may be wrong: the login's time stamp is then of its clock. Addresses that it states are of its own host.
    return Camera(address.ip, address.port, user, password, no_cache=True, adjust_time=True, nat_override=True)


async def _identify(camera: Any, told: Told) -> None:
    management = await camera.create_devicemgmt_service()
    device = await management.GetDeviceInformation()
    for name, fact in _TEXT_FACTS:
        text = str(getattr(device, name, None) or "").strip()
        if text:
            told.facts[fact] = text[:200]


async def _find_picture(camera: Any, told: Told) -> None:
    media = await camera.create_media_service()
    profiles = await media.GetProfiles() or []
    told.facts["profiles"] = len(profiles)
    if not profiles:
        told.problem = "no_stream"
        return
    first = profiles[0]
    resolution = getattr(getattr(first, "VideoEncoderConfiguration", None), "Resolution", None)
    if resolution is not None:
        told.facts["video"] = f"{first.VideoEncoderConfiguration.Encoding} {resolution.Width}×{resolution.Height}"
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    uri = (await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": first.token})).Uri
    parts = urlsplit(str(uri))
    if parts.scheme == "rtsp":
        told.stream_port = parts.port or 554
        told.stream_path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _note_clock(skew: timedelta | None, told: Told) -> None:
    if skew is not None and abs(skew) < timedelta(days=36_500):
        told.facts["clock_skew_s"] = round(skew.total_seconds())


def _is_refusal(error: Exception) -> bool:
    from onvif.util import is_auth_error

    return bool(is_auth_error(error)) or "401" in str(error)
