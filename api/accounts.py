# SPDX-License-Identifier: Apache-2.0
"""People's accounts: argon2 passwords, roles, areas, sessions.

Of a password or a token only its hash is kept. A session's token is 256 random bits, so SHA-256 is enough for it.
"""

import asyncio
import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadBody, NotAllowed, NotSignedIn
from layers.visibility import Role

SESSION_LIFE = timedelta(hours=12)
MIN_PASSWORD = 10
MAX_PASSWORD = 256
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,60}")
# 19 MiB and two passes (RFC 9106, second recommended option, scaled to a small server).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Argon2 is memory and CPU by design: two at a time, so that a burst of sign-ins starves nobody.
_HASHING = asyncio.Semaphore(2)

metadata = MetaData()
_MOMENT = DateTime(timezone=True)
account = Table(
    "account",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", Text),
    Column("display_name", Text),
    Column("password_hash", Text),
    Column("role", Text),
    Column("area", ARRAY(Text)),
    Column("must_change", Boolean),
    Column("demo", Boolean),
    Column("created_at", _MOMENT),
    Column("disabled_at", _MOMENT),
)
session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account", BigInteger),
    Column("csrf", Text),
    Column("created_at", _MOMENT),
    Column("expires_at", _MOMENT),
)

_BY_NAME = Statement(
    select(account).where(account.c.name == bindparam("name", type_=Text), account.c.disabled_at.is_(None))
)
_EXPIRED = Statement(delete(session).where(session.c.expires_at < func.now()))
_OPEN = Statement(
    insert(session).values(
        token_hash=bindparam("token_hash", type_=LargeBinary),
        account=bindparam("account", type_=BigInteger),
        csrf=bindparam("csrf", type_=Text),
        expires_at=bindparam("expires_at", type_=_MOMENT),
    )
)
_BY_TOKEN = Statement(
    select(
        account.c.id,
        account.c.name,
        account.c.display_name,
        account.c.role,
        account.c.area,
        account.c.must_change,
        session.c.csrf,
    )
    .join(session, session.c.account == account.c.id)
    .where(
        session.c.token_hash == bindparam("token_hash", type_=LargeBinary),
        session.c.expires_at > func.now(),
        account.c.disabled_at.is_(None),
    )
)
_CLOSE = Statement(delete(session).where(session.c.token_hash == bindparam("token_hash", type_=LargeBinary)))
_CLOSE_OTHERS = Statement(
    delete(session).where(
        session.c.account == bindparam("account", type_=BigInteger),
        session.c.token_hash != bindparam("token_hash", type_=LargeBinary),
    )
)
_SET_PASSWORD = Statement(
    update(account)
    .values(password_hash=bindparam("new_hash", type_=Text), must_change=False)
    .where(account.c.id == bindparam("of_account", type_=BigInteger))
)


@dataclass(frozen=True)
class Person:
    """Who is signed in."""

    id: int
    name: str
    display_name: str
    role: Role
    area: tuple[str, ...] | None
    must_change: bool
    csrf: str


def check_name(name: str) -> str:
    """A usable account name.

    Raises:
        BadBody: it is not.
    """
    if not _NAME.fullmatch(name):
        raise BadBody("A name is 2 to 61 lower-case letters, digits and . _ -", code="name_invalid")
    return name


def hash_password(password: str) -> str:
    """The argon2id hash of a password that is long enough.

    Raises:
        BadBody: too short or too long.
    """
    plain = unicodedata.normalize("NFC", password)
    if not MIN_PASSWORD <= len(plain) <= MAX_PASSWORD or "\x00" in plain:
        raise BadBody(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.", code="password_invalid")
    return _HASHER.hash(plain)


@dataclass(frozen=True)
class Credentials:
    """What somebody typed."""

    name: str
    password: str


async def sign_in(database: Database, typed: Credentials, now: datetime, *, demo: bool) -> tuple[str, Person]:
    """Open a session; answers its token, which only the browser keeps.

    Args:
        demo: whether the server runs the demonstration; its accounts sign in nowhere else.

    Raises:
        NotSignedIn: name or password is wrong; which one is not said, and both take as long.
    """
    row = await database.fetchrow(_BY_NAME, name=typed.name[:100])
    known = row["password_hash"] if row is not None else _NOBODY
    async with _HASHING:
        fits = await asyncio.to_thread(_verify, known, typed.password)
    if row is None or not fits or (row["demo"] and not demo):
        raise NotSignedIn("The name or the password is wrong.", code="credentials_invalid")
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    async with database.connection() as connection:
        values = _OPEN.args(token_hash=hash_token(token), account=row["id"], csrf=csrf, expires_at=now + SESSION_LIFE)
        await connection.execute(_OPEN.sql, *values)
        await connection.execute(_EXPIRED.sql)
    return token, _person(row, csrf)


async def person_of(database: Database, token: str) -> Person | None:
    """Who holds this token; ``None`` when the session ended or the account is disabled."""
    row = await database.fetchrow(_BY_TOKEN, token_hash=hash_token(token))
    return None if row is None else _person(row, row["csrf"])


async def sign_out(database: Database, token: str) -> None:
    """End the session."""
    async with database.connection() as connection:
        await connection.execute(_CLOSE.sql, *_CLOSE.args(token_hash=hash_token(token)))


async def change_password(database: Database, person: Person, token: str, old: str, new: str) -> None:
    """Set a new password; every other session of the account ends.

    Raises:
        NotAllowed: the old password is wrong.
        BadBody: the new one is too short, too long, or the old one.
    """
    row = await database.fetchrow(_BY_NAME, name=person.name)
    async with _HASHING:
        if row is None or not await asyncio.to_thread(_verify, row["password_hash"], old):
            raise NotAllowed("The old password is wrong.", code="credentials_invalid")
        if new == old:
            raise BadBody("The new password is the old one.", code="password_invalid")
        new_hash = await asyncio.to_thread(hash_password, new)
    async with database.transaction() as connection:
        await connection.execute(_SET_PASSWORD.sql, *_SET_PASSWORD.args(new_hash=new_hash, of_account=person.id))
        values = _CLOSE_OTHERS.args(account=person.id, token_hash=hash_token(token))
        await connection.execute(_CLOSE_OTHERS.sql, *values)


def hash_token(token: str) -> bytes:
    """What is stored of a token or a key."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _verify(known: str, password: str) -> bool:
    if len(password) > MAX_PASSWORD:
        return False
    try:
        return _HASHER.verify(known, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def _person(row: Any, csrf: str) -> Person:
    area = row["area"]
    return Person(
        id=row["id"],
        name=row["name"],
        display_name=row["display_name"] or row["name"],
        role=cast(Role, row["role"]),
        area=None if area is None else tuple(area),
        must_change=row["must_change"],
        csrf=csrf,
    )


# Verified against when the name is unknown, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
