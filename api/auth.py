# SPDX-License-Identifier: Apache-2.0
"""Keys of sources: made once, shown once, kept as SHA-256; a key pushes for one source into the layers it names."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotAllowed, NotSignedIn

metadata = MetaData()
api_key = Table(
    "api_key",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("source", Text),
    Column("key_hash", LargeBinary),
    Column("layers", ARRAY(Text)),
    Column("created_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("role", Text),
    Column("area", ARRAY(Text)),
)
_FIND = Statement(
    select(api_key.c.source, api_key.c.layers, api_key.c.role, api_key.c.area).where(
        api_key.c.key_hash == bindparam("key_hash", type_=LargeBinary), api_key.c.revoked_at.is_(None)
    )
)


@dataclass(frozen=True)
class Pusher:
    """A source that showed its key."""

    source: str
    layers: tuple[str, ...]

    def may_push(self, layer: str) -> bool:
        """Whether the key covers the layer."""
        return "*" in self.layers or layer in self.layers


def new_key() -> str:
    """A fresh key: 256 random bits behind a prefix that people and scanners recognise."""
    return "tck_" + secrets.token_urlsafe(32)


def hash_of(key: str) -> bytes:
    """What is stored of a key. The key is random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


async def find_key(database: Database, key: str) -> Any:
    """The row of a key that is known and not revoked, else ``None``."""
    return await database.fetchrow(_FIND, key_hash=hash_of(key))


async def pusher_of(request: Request, database: Database, source: str | None, layer: str) -> Pusher:
    """Who pushes, from ``Authorization: Bearer KEY``, or Basic with the key as password, which is what devices know.

    Args:
        source: whose the key must be; ``None`` for whichever.

    Raises:
        NotSignedIn: no key, or one that is not known or was revoked.
        NotAllowed: the key is for another source or other layers.
    """
    header = request.headers.get("authorization", "")
    if not header.strip():
        raise NotSignedIn("Send the source's key as 'Authorization: Bearer KEY'.", code="key_missing")
    pusher = await holder_of(database, key_in(header))
    if source is not None and pusher.source != source:
        raise NotAllowed("The key belongs to another source.", code="source_not_allowed")
    if not pusher.may_push(layer):
        raise NotAllowed("The key does not cover this layer.", code="layer_not_allowed")
    return pusher


async def holder_of(database: Database, key: str) -> Pusher:
    """Whose key it is.

    Raises:
        NotSignedIn: the key is not known or was revoked.
    """
    row = await find_key(database, key)
    if row is None:
        raise NotSignedIn("This key is not known or was revoked.", code="key_invalid")
    return Pusher(row["source"], tuple(row["layers"]))


def key_in(header: str) -> str:
    """The key in an ``Authorization`` header: Bearer, or the password of Basic.

    Raises:
        NotSignedIn: it holds none.
    """
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and 0 < len(value) <= 200:
        return value.strip()
    if scheme.lower() == "basic" and len(value) <= 400:
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            pass
    raise NotSignedIn("Send a key as 'Authorization: Bearer KEY', or as the password of Basic.", code="key_invalid")
