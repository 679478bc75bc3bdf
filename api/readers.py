# SPDX-License-Identifier: Apache-2.0
"""Who reads: from a request's key or session to a ``Reader`` with the layers and the area that it may see.

Looked up in the database at most once in ``_FRESH_S`` for each token, so that revoking a key, ending a session or
changing a role takes effect within a second, and a burst of tiles costs one look.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from fastapi import Request
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from api.accounts import Person, hash_token, person_of
from api.auth import find_key, key_in
from boundaries.tables import unit, unit_set_version
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotAllowed, NotSignedIn
from layers.deltas import FeatureReader
from layers.filters import FeatureQuery, parse_query
from layers.registry import LayerRegistry
from layers.spec import LayerSpec
from layers.visibility import Role, Visibility, visibility_of

COOKIE = "toancanh_session"
_FRESH_S = 0.5
_KEPT = 10_000

_UNITS_OF_AREA = Statement(
    select(unit.c.id)
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .where(
        unit_set_version.c.status == "published",
        (unit_set_version.c.unit_set + "/" + unit.c.code) == func.any(bindparam("area", type_=ARRAY(Text))),
    )
)


_Rights: TypeAlias = tuple[frozenset[str], frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Reader:
    """Who asks and what may be seen.

    ``registry`` holds the layers and fields of this reader alone; ``database`` enforces the area as the second lock.
    """

    role: Role
    visibility: Visibility
    registry: LayerRegistry
    features: FeatureReader
    database: Database
    person: Person | None = None
    source: str | None = None

    def edits(self, spec: LayerSpec) -> bool:
        """Whether this reader may edit the layer: features by hand, and whatever comes in tables."""
        known = self.person is not None or self.source is not None
        return known and spec.store != "unit" and self.role in spec.editors

    def query(self, spec: LayerSpec, values: Mapping[str, str]) -> FeatureQuery:
        """What is asked of a layer, within what the reader may see."""
        return replace(parse_query(spec, values), area=self.visibility.units)


class Readers:
    """Finds readers, and remembers each for a moment."""

    def __init__(self, database: Database, registry: LayerRegistry, anonymous: Role | None) -> None:
        self._database = database
        self._registry = registry
        self._anonymous = anonymous
        self._nobody: Reader | None = None
        self._known: OrderedDict[bytes, tuple[float, Reader | None]] = OrderedDict()
        self._narrowed: dict[_Rights, tuple[LayerRegistry, FeatureReader]] = {}

    async def of(self, request: Request) -> Reader:
        """The reader of a request: a key (Bearer, or the password of Basic), a session's cookie, or anonymous.

        Raises:
            NotSignedIn: a key or session that is not known, or nobody where reading needs a name.
            NotAllowed: a key that may only push, or a person who must set a password first.
        """
        header = request.headers.get("authorization")
        if header is not None:
            reader = await self._remembered(b"key", key_in(header))
            if reader is None:
                raise NotSignedIn("This key is not known or was revoked.", code="key_invalid")
            return reader
        token = request.cookies.get(COOKIE)
        reader = await self._remembered(b"session", token) if token else None
        if reader is not None:
            if reader.person is not None and reader.person.must_change:
                raise NotAllowed("Set a new password first.", code="password_change_required")
            return reader
        return self.nobody()

    def nobody(self) -> Reader:
        """Who has not signed in.

        Raises:
            NotSignedIn: reading needs a name here.
        """
        if self._anonymous is None:
            raise NotSignedIn("Sign in to read.", code="sign_in_required")
        if self._nobody is None:
            visibility = visibility_of(self._registry, self._anonymous, None)
            self._nobody = Reader(self._anonymous, visibility, *self._seen_by(visibility), self._database)
        return self._nobody

    async def person(self, request: Request) -> Person | None:
        """Who is signed in by cookie, also when a password must be set first."""
        token = request.cookies.get(COOKIE)
        reader = await self._remembered(b"session", token) if token else None
        return None if reader is None else reader.person

    def forget(self, token: str) -> None:
        """Look again at once."""
        self._known.pop(hash_token("session:" + token), None)

    async def _remembered(self, kind: bytes, token: str) -> Reader | None:
        digest = hash_token(f"{kind.decode()}:{token}")
        now = time.monotonic()
        known = self._known.get(digest)
        if known is not None and now - known[0] < _FRESH_S:
            return known[1]
        reader = await (self._by_key(token) if kind == b"key" else self._by_session(token))
        self._known[digest] = (now, reader)
        self._known.move_to_end(digest)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return reader

    async def _by_key(self, key: str) -> Reader | None:
        row = await find_key(self._database, key)
        if row is None:
            return None
        if row["role"] is None:
            if self._anonymous is None:
                raise NotAllowed("This key may push, not read.", code="key_cannot_read")
            return self.nobody()
        return await self._reader(cast(Role, row["role"]), row["area"], source=row["source"])

    async def _by_session(self, token: str) -> Reader | None:
        person = await person_of(self._database, token)
        return None if person is None else await self._reader(person.role, person.area, person=person)

    async def _reader(
        self,
        role: Role,
        area: tuple[str, ...] | list[str] | None,
        *,
        person: Person | None = None,
        source: str | None = None,
    ) -> Reader:
        units = None
        if area is not None:
            units = [row["id"] for row in await self._database.fetch(_UNITS_OF_AREA, area=list(area))]
        visibility = visibility_of(self._registry, role, units)
        registry, features = self._seen_by(visibility)
        database = self._database if units is None else self._database.within(visibility.units or ())
        return Reader(role, visibility, registry, features, database, person, source)

    def _seen_by(self, visibility: Visibility) -> tuple[LayerRegistry, FeatureReader]:
        """One registry and one reader of features for each set of layers and fields: there are a handful."""
        rights = (visibility.layers, visibility.hidden_fields)
        if rights not in self._narrowed:
            registry = self._registry.seen_by(visibility)
            self._narrowed[rights] = (registry, FeatureReader(registry))
        return self._narrowed[rights]
