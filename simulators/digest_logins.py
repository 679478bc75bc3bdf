# SPDX-License-Identifier: Apache-2.0
"""How simulated cameras check who asks: HTTP Digest (also in RTSP) and the UsernameToken of WS-Security."""

import base64
import hashlib
import re
import secrets
from datetime import datetime

_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]*))')


class Guard:
    """One user with one password.

    Args:
        most_skew_s: how far the time stamp of a token may be from the camera's own clock.
    """

    def __init__(self, user: str, password: str, most_skew_s: float = 60.0) -> None:
        self._user = user
        self._password = password
        self._most_skew_s = most_skew_s
        self._realm = "simulated camera"
        self._nonce = secrets.token_hex(8)
        self._used: set[bytes] = set()

    def challenge(self) -> str:
        """What a refused request gets."""
        return f'Digest realm="{self._realm}", nonce="{self._nonce}", qop="auth"'

    def lets(self, method: str, header: str) -> bool:
        """Whether an Authorization header is right (RFC 2617, MD5, with and without qop)."""
        scheme, _, rest = header.partition(" ")
        if scheme.lower() != "digest":
            return False
        said = {name: quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
        if said.get("username") != self._user or said.get("nonce") != self._nonce:
            return False
        first = _md5(f"{self._user}:{self._realm}:{self._password}")
        second = _md5(f"{method}:{said.get('uri', '')}")
        middle = f"{said['nc']}:{said['cnonce']}:auth:" if {"qop", "nc", "cnonce"} <= said.keys() else ""
        return said.get("response") == _md5(f"{first}:{self._nonce}:{middle}{second}")

    def lets_token(self, user: str, digest: str, nonce: str, created: str, now: datetime) -> bool:
        """Whether a UsernameToken is right: digest of nonce, time and password; fresh by our clock; never seen."""
        try:
            raw = base64.b64decode(nonce, validate=True)
            moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
        except ValueError:
            return False
        if moment.tzinfo is None or abs((moment - now).total_seconds()) > self._most_skew_s or raw in self._used:
            return False
        made = hashlib.sha1(raw + created.encode() + self._password.encode(), usedforsecurity=False).digest()
        if user != self._user or digest != base64.b64encode(made).decode():
            return False
        self._used.add(raw)
        return True


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
