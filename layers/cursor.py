# SPDX-License-Identifier: Apache-2.0
"""Where a page ended, as an opaque token. Pure.

A token carries the keyset position, and a digest of it together with the layer and the order it belongs to. The digest
keeps no secret: it turns a damaged or misused token into a clear answer instead of a silently wrong page.
"""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import NamedTuple

from geo.errors import BadParameter

_DIGEST_BYTES = 6
_MAX_LENGTH = 200


class Cursor(NamedTuple):
    """The last row of the page before: its time (only when sorted by time; may be unknown) and its id."""

    valid_from: datetime | None
    id: int


def write_cursor(cursor: Cursor, layer: str, sort: str) -> str:
    """The token of a position."""
    moment = cursor.valid_from.isoformat() if cursor.valid_from is not None else ""
    payload = f"{moment}|{cursor.id}".encode()
    return base64.urlsafe_b64encode(_digest(payload, layer, sort) + payload).rstrip(b"=").decode()


def read_cursor(token: str, layer: str, sort: str) -> Cursor:
    """The position of a token.

    Raises:
        BadParameter: the token is damaged, or of another layer or order.
    """
    try:
        if len(token) > _MAX_LENGTH:
            raise ValueError("too long")
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        payload = raw[_DIGEST_BYTES:]
        moment, _, number = payload.decode("ascii").rpartition("|")
        cursor = Cursor(datetime.fromisoformat(moment) if moment else None, int(number))
        # Written again and compared, so that every position has one spelling and one order.
        if write_cursor(cursor, layer, sort) != token or not 0 <= cursor.id < 2**63:
            raise ValueError("not our spelling")
        if cursor.valid_from is not None and cursor.valid_from.tzinfo is None:
            raise ValueError("a time without its offset")
    except (ValueError, binascii.Error):
        raise BadParameter(
            "'after' is not a cursor of this address; follow the 'next' links", code="cursor_invalid"
        ) from None
    return cursor


def _digest(payload: bytes, layer: str, sort: str) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST_BYTES, key=f"{layer}|{sort}".encode()[:64]).digest()
