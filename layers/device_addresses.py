# SPDX-License-Identifier: Apache-2.0
"""Addresses of devices that we ask ourselves: which hosts may be asked, and with which login.

The register says the address, and whoever keeps the register could name any. So: only the schemes that the protocol
needs, only networks that the operator allows (private ones unless set otherwise), the name looked up once and that very
address asked, no redirects; and only secrets that are called ``camera-…`` go to a device.
"""

import asyncio
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128")
_PORTS = {"http": 80, "https": 443, "rtsp": 554}
_SECRET = re.compile(r"camera-[a-z0-9-]{1,50}", re.ASCII)
_Network: TypeAlias = IPv4Network | IPv6Network


class AddressRefused(Exception):
    """The address will not be asked. ``code`` is a short slug, the text says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Login(NamedTuple):
    """Name and password of a device."""

    user: str
    password: str


@dataclass(frozen=True)
class DeviceAddress:
    """An address that may be asked: ``ip`` is where ``host`` was found to be."""

    scheme: str
    host: str
    ip: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address with the number instead of the name."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def netloc(self) -> str:
        """Number and port."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    @property
    def named(self) -> str:
        """What the device is called in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class Networks:
    """Where devices may be."""

    def __init__(self, networks: Iterable[str] = PRIVATE) -> None:
        self._networks: tuple[_Network, ...] = tuple(ip_network(one) for one in networks)

    def allow(self, ip: str) -> bool:
        """Whether devices may be at this number."""
        try:
            number: IPv4Address | IPv6Address = ip_address(ip)
        except ValueError:
            return False
        mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
        found = mapped or number
        return any(found.version == one.version and found in one for one in self._networks)


async def address_of(url: str, schemes: Iterable[str], networks: Networks) -> DeviceAddress:
    """Read an address of the register and find out where it is.

    Raises:
        AddressRefused: it is no address of these schemes, holds a password, or is where no device may be.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("address_invalid", "the register's address is none") from None
    if parts.scheme not in schemes or not host or any(ord(one) < 33 for one in url.strip()):
        raise AddressRefused("address_invalid", f"the register's address must begin with {' or '.join(schemes)}://")
    if parts.username or parts.password:
        raise AddressRefused("address_has_password", "the register's address holds a password: use 'login' instead")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    number = port or _PORTS[parts.scheme]
    for ip in await _numbers_of(host, number):
        if networks.allow(ip):
            return DeviceAddress(parts.scheme, host, ip, number, path)
    raise AddressRefused("address_not_allowed", "the register's address lies outside the networks of cameras")


async def _numbers_of(host: str, port: int) -> list[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused("address_unknown", "the register's address names a host that is not known") from None
    return [str(one[4][0]) for one in found]


def login_of(name: str | None, secret: Callable[[str], str]) -> Login | None:
    """The login that a register names; the secret's text is ``user:password``.

    Raises:
        AddressRefused: there is none, or it is no login of cameras.
    """
    if name is None:
        return None
    if not _SECRET.fullmatch(name):
        raise AddressRefused("login_not_allowed", "logins of cameras are secrets whose names begin with 'camera-'")
    try:
        text = secret(name)
    except LookupError:
        raise AddressRefused("login_unknown", f"there is no secret '{name}'") from None
    user, colon, password = text.rstrip("\r\n").partition(":")
    if not colon:
        raise AddressRefused("login_unknown", f"the secret '{name}' must read user:password")
    return Login(user, password)
